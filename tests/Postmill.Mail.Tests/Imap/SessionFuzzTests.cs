using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Net;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Imap;

/// <summary>
/// A whole session with mutated servers: it ends well or with a <see cref="MailServerException"/>, whatever MailKit threw below. The seed of a failing round is in its message;
/// <c>POSTMILL_FUZZ_ROUNDS</c> makes more rounds.
/// </summary>
public sealed class SessionFuzzTests
{
    private const int Harms = 200;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var rounds) ? rounds : 300;

    [Fact]
    public async Task An_unharmed_session_goes_to_its_end() => Assert.Null(await RoundAsync(new Random(1), harms: 0));

    [Fact]
    public async Task Mutated_servers_end_in_a_result_or_a_fault()
    {
        var faults = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            try
            {
                if (await RoundAsync(new Random(seed), Harms).WaitAsync(TimeSpan.FromSeconds(30)) is not null) faults++;
            }
            catch (Exception e) when (e is not MailServerException)
            {
                throw new InvalidOperationException($"seed {seed}: {e.GetType().Name} {e.Message}", e);
            }
        }

        // Mutations that never hurt would test nothing, and neither would those that always do.
        Assert.InRange(faults, Rounds / 4, Rounds - Rounds / 50);
    }

    private static Task<MailFault?> RoundAsync(Random random, int harms) => Task.Run(async () =>
    {
        var clock = new ManualClock();
        await using var server = new FuzzedServer(Answers(new ImapAnswers()), random, harms);
        var options = new MailTransportOptions { Time = clock, AllowPlaintext = true };
        var transport = new MailTransport(server, null, new MailClock(clock, options.Timeouts), options);
        var guard = new ImapGuardedStream(transport, default);
        var session = SessionAsync(new ImapConnection(guard, new MailEndpoint("localhost", 143, TlsMode.None), new ImapOptions { Transport = options }));
        await GuardedClients.WhileItWaitsAsync(session, clock);
        return await session;
    });

    private static async Task<MailFault?> SessionAsync(ImapConnection connection)
    {
        try
        {
            await using var imap = await ImapConnection.OpenAsync(connection, default);
            await imap.LoginAsync(new MailCredential("ada", "s3cret-pass"), default);
            await imap.IdAsync("a", "b", default);
            await imap.EnableQResyncAsync(default);
            await imap.ListAsync(withStatus: true, default);
            await imap.StatusAsync(ImapMailboxName.FromText("Sent \"Mail\""), default);
            if (!(await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = new QResyncParameters(7, 5) }, default)).IsOk) return null;
            await imap.SearchAllAsync(default);
            await imap.FlagsAsync(UidSet.All, changedSince: 3);
            await imap.MailsAsync(UidSet.Of(1, 2), refused: (_, _) => { });
            await imap.StoreAsync(UidSet.Of(1), [@"\Seen"], set: true, default);
            await imap.CopyAsync(UidSet.Of(1), ImapMailboxName.FromText("Sent \"Mail\""), default);
            await imap.IdleAsync(TimeSpan.FromMinutes(5), happened => happened is not ImapExists, default);
            await imap.LogoutAsync(default);
            return null;
        }
        catch (MailServerException fault)
        {
            return fault.Fault;
        }
    }

    /// <summary>Flags when they are asked for; the other questions as there.</summary>
    private static Func<string, string?> Answers(ImapAnswers honest) => line =>
        line.Contains("UID FETCH", StringComparison.Ordinal) && !line.Contains("BODY.PEEK", StringComparison.Ordinal)
            ? $"* 1 FETCH (UID 1 FLAGS (\\Seen $x) INTERNALDATE \"15-Jan-2026 10:00:00 +0000\" MODSEQ (9))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{line.Split(' ')[0]} OK done\r\n"
            : honest.To(line);
}
