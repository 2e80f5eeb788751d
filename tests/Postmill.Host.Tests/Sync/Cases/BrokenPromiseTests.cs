using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Postmill.Domain.Hosts;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed partial class BrokenPromiseTests
{
    [Theory]
    [InlineData("the inbox's watch")]
    [InlineData("a run that was asked for")]
    public async Task Server_that_announces_qresync_and_keeps_silent_about_what_vanished_is_asked_without_it_in_the_end(string foundBy)
    {
        var said = new ConcurrentQueue<string>();
        var silenced = 0;
        await using var story = await LinedWorld.StartAsync(
            new() { ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05", ["Postmill:Sync:ReconnectMostSeconds"] = "0.5" },
            lineTo: dovecot => new TcpProxy(dovecot.ImapPort)
            {
                FromServer = text => Vanished().Replace(text, _ =>
                {
                    Interlocked.Increment(ref silenced);
                    return "";
                }),
                FromClient = text =>
                {
                    said.Enqueue(text);
                    return text;
                },
            });
        var world = story.World;
        world.ImapTls = "none";
        await world.Dovecot.SeedAsync(world.Mailbox, "INBOX", Mails.Many(20));
        var account = await world.ConnectAndSyncAsync();
        Assert.Contains(said, EnablesQResync);
        for (var lie = 1; lie <= HostLimits.LiesUntilBroken; lie++) await ExpungedAsync(lie);
        await Eventually.TrueAsync("a new connection goes without QRESYNC", async () =>
        {
            story.Line.Cut();
            said.Clear();
            story.Line.Mend();
            await world.SyncAgainAsync(account);
            return !said.Any(EnablesQResync);
        });
        await ExpungedAsync(HostLimits.LiesUntilBroken + 1);

        async Task ExpungedAsync(int lie)
        {
            story.Line.Cut();
            await world.Dovecot.DoveadmAsync("expunge", "-u", world.Mailbox, "mailbox", "INBOX", "uid", $"{lie}");
            story.Line.Mend();
            if (foundBy != "the inbox's watch") await world.SyncAgainAsync(account);
            await Eventually.TrueAsync(
                "the store equals the server", async () => (await world.ServerAsync()).DifferencesTo(await StoredMailbox.ReadAsync(world.Host.ConnectionString, account)) is null);
            if (lie <= HostLimits.LiesUntilBroken) Assert.InRange(Volatile.Read(ref silenced), lie, int.MaxValue);
        }
    }

    private static bool EnablesQResync(string text) => text.Contains("ENABLE QRESYNC", StringComparison.Ordinal);

    [GeneratedRegex(@"\* VANISHED \(EARLIER\) [^\r]*\r\n")]
    private static partial Regex Vanished();
}
