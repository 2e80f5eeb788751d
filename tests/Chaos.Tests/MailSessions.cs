using System.Globalization;
using System.Text.RegularExpressions;

namespace Chaos.Tests;

/// <summary>One IMAP session of a silo; it has no end while it is open.</summary>
internal sealed record MailSession(string User, string Id, DateTime From, DateTime To);

/// <summary>
/// The silos' IMAP sessions as Dovecot's log tells them. Silos come from 127.0.0.1, the actor and the oracle from an address of their own. A silo holds at most one session
/// of a mailbox, so two side by side are two silos.
/// </summary>
internal static partial class MailSessions
{
    /// <param name="lives">Whether a mail process is there: one whose client left before it said a word ends without a line.</param>
    public static IReadOnlyList<MailSession> Read(string log, Func<int, bool> lives)
    {
        var lines = log.Split('\n');
        // The login is told by another process than the end: of a short session the end may come first.
        var ends = lines.Select(line => End().Match(line)).Where(m => m.Success).GroupBy(m => m.Groups["id"].Value).ToDictionary(g => g.Key, g => TimeOf(g.Last()));
        return
        [
            .. from login in lines.Select(line => Login().Match(line))
               where login.Success
               let id = login.Groups["id"].Value
               select new MailSession(login.Groups["user"].Value, id, TimeOf(login), ends.TryGetValue(id, out var end) ? end : lives(ProcessOf(login)) ? DateTime.MaxValue : TimeOf(login)),
        ];
    }

    /// <summary>The pair of sessions of one mailbox that ran side by side for longest; null when none did.</summary>
    public static (MailSession First, MailSession Second, TimeSpan Together)? LongestTogether(IReadOnlyList<MailSession> sessions)
    {
        var now = sessions.Max(s => s.To == DateTime.MaxValue ? s.From : s.To);
        var pairs = from mailbox in sessions.GroupBy(s => s.User)
                    let ordered = mailbox.OrderBy(s => s.From).ToList()
                    from first in ordered.Index()
                    from second in ordered.Skip(first.Index + 1)
                    let until = new[] { first.Item.To, second.To, now }.Min()
                    where until > second.From
                    select (First: first.Item, Second: second, Together: until - second.From);
        return pairs.OrderByDescending(p => p.Together).Select(p => ((MailSession, MailSession, TimeSpan)?)p).FirstOrDefault();
    }

    private static int ProcessOf(Match login) => int.Parse(login.Groups["process"].Value, NumberStyles.None, CultureInfo.InvariantCulture);

    private static DateTime TimeOf(Match line) => DateTime.ParseExact(line.Groups["at"].Value, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<at>\S+) imap-login: Info: Login: user=<(?<user>[^>]+)>.* rip=127\.0\.0\.1, .*mpid=(?<process>\d+), .*session=<(?<id>[^>]+)>")]
    private static partial Regex Login();

    [GeneratedRegex(@"^(?<at>\S+) imap\([^)]*\)<\d+><(?<id>[^>]+)>: Info: (Disconnected|Logged out|Connection closed)")]
    private static partial Regex End();
}
