using System.Globalization;
using System.Net;
using System.Text;

namespace Chaos.Tests;

/// <summary>Lets mail arrive and moves, flags and expunges it in random mailboxes, one act at a time, until it is stopped. It knows what it sent.</summary>
internal sealed class MailActor : IAsyncDisposable
{
    /// <summary>Where its sessions and those of the oracle come from, so that the server's log tells them from the silos'.</summary>
    public static readonly IPAddress Own = IPAddress.Parse("127.0.0.2");

    private readonly DovecotServer _dovecot;
    private readonly IReadOnlyList<Mailbox> _mailboxes;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Mailbox> _sent = [];
    private readonly Lock _gate = new();
    private Task _acting = Task.CompletedTask;
    private int _changes;

    public MailActor(DovecotServer dovecot, IReadOnlyList<Mailbox> mailboxes, int seed)
    {
        _dovecot = dovecot;
        _mailboxes = mailboxes;
        _random = new Random(seed);
    }

    /// <summary>Moves, flags and expunges so far.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Subject, which no two mails share, and mailbox of every mail sent as news.</summary>
    public IReadOnlyDictionary<string, Mailbox> Sent
    {
        get { lock (_gate) return new Dictionary<string, Mailbox>(_sent); }
    }

    /// <summary>Mails that lie there before the mailbox is connected: no news.</summary>
    public async Task SeedAsync(int each)
    {
        await using var lmtp = await LmtpClient.ConnectAsync(_dovecot.LmtpPort);
        foreach (var mailbox in _mailboxes)
            for (var n = 0; n < each; n++) await lmtp.DeliverAsync(mailbox.Address, Mail($"old {n} of {mailbox.Address}", lines: 10));
    }

    public void Start() => _acting = Task.Run(ActAsync);

    /// <summary>Throws what ended it early, if something did.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _acting;
    }

    /// <summary>One more mail for each of these mailboxes, beside what goes on anyway.</summary>
    public async Task DeliverAsync(IEnumerable<Mailbox> mailboxes)
    {
        await using var lmtp = await LmtpClient.ConnectAsync(_dovecot.LmtpPort);
        foreach (var mailbox in mailboxes) await DeliverAsync(lmtp, mailbox, lines: 5);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _acting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ActAsync()
    {
        await using var lmtp = await LmtpClient.ConnectAsync(_dovecot.LmtpPort);
        using var tick = new PeriodicTimer(ChaosLimits.Act);
        try
        {
            while (await tick.WaitForNextTickAsync(_stop.Token))
            {
                var mailbox = _mailboxes[_random.Next(_mailboxes.Count)];
                if (_random.Next(5) < 3) await DeliverAsync(lmtp, mailbox, lines: _random.Next(1, 200));
                else await ChangeAsync(mailbox);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task DeliverAsync(LmtpClient lmtp, Mailbox mailbox, int lines)
    {
        string subject;
        lock (_gate)
        {
            subject = string.Create(CultureInfo.InvariantCulture, $"mail {_sent.Count} to {mailbox.Address}");
            _sent.Add(subject, mailbox);
        }

        await lmtp.DeliverAsync(mailbox.Address, Mail(subject, lines));
    }

    /// <summary>A few changes within one folder, in one session.</summary>
    private async Task ChangeAsync(Mailbox mailbox)
    {
        await using var imap = await PlainImap.LoginAsync(_dovecot.ImapPort, mailbox.Address, Mailbox.Password, Own);
        var folder = Mailbox.Folders[_random.Next(Mailbox.Folders.Count)];
        var selected = await imap.CommandAsync($"SELECT {folder}");
        var exists = int.Parse(selected.Single(a => a.Text.EndsWith(" EXISTS", StringComparison.Ordinal)).Text.Split(' ')[1], CultureInfo.InvariantCulture);
        for (var acts = _random.Next(1, 4); acts > 0 && exists > 0; acts--)
        {
            var first = _random.Next(1, exists + 1);
            var last = Math.Min(exists, first + _random.Next(3));
            switch (_random.Next(4))
            {
                case 0:
                    await imap.CommandAsync($"MOVE {first}:{last} {Mailbox.Folders[(_random.Next(1, 3) + Mailbox.Folders.IndexOf(folder)) % 3]}");
                    exists -= last - first + 1;
                    break;
                case 1:
                    await imap.CommandAsync($@"STORE {first} +FLAGS.SILENT (\Deleted)");
                    await imap.CommandAsync("EXPUNGE");
                    exists--;
                    break;
                default:
                    var flag = new[] { @"\Seen", @"\Flagged", @"\Answered", "$Work" }[_random.Next(4)];
                    await imap.CommandAsync($"STORE {first}:{last} {(_random.Next(3) == 0 ? '-' : '+')}FLAGS.SILENT ({flag})");
                    break;
            }

            Interlocked.Increment(ref _changes);
        }

        await imap.CommandAsync("LOGOUT");
    }

    private static byte[] Mail(string subject, int lines) => Encoding.ASCII.GetBytes(
        $"From: Sender <sender@example.net>\r\nTo: me@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject.Replace(' ', '.')}@example.net>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\n\r\n"
        + string.Concat(Enumerable.Repeat($"A line of {subject}.\r\n", lines)));
}
