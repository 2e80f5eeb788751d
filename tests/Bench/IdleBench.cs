using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>
/// What a connection of ours holds in managed memory while it is in IDLE and nothing happens, as a silo keeps thousands of them: logged in, folders listed, INBOX open. All stay open to the end,
/// so that nothing that is let go of counts against those that come.
/// </summary>
internal static class IdleBench
{
    private const string Password = "bench";
    /// <summary>Few enough for Dovecot: each connection in IDLE holds one of the 128 inotify instances that a user has, and beyond them it, and every other Dovecot here, polls.</summary>
    private const int EachUser = 10, WarmUp = 10, Weighed = 40;

    private static int users;

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions());
        var imap = new ImapOptions { Transport = Transport() };
        using var stop = new CancellationTokenSource();
        List<Idle> open = [];
        var secured = await WeighAsync(new MailEndpoint("localhost", dovecot.ImapsPort, TlsMode.Implicit));
        var clear = await WeighAsync(new MailEndpoint("localhost", dovecot.ImapPort, TlsMode.None));
        await stop.CancelAsync();
        await Task.WhenAll(open.Select(idle => idle.Ended));
        foreach (var idle in open) await idle.Connection.DisposeAsync();
        table.Add($"idle IMAP connection over TLS, managed memory, {Weighed} of them", Bytes(secured), $"without TLS {Bytes(clear)}", "–", "≤ 32,768 bytes");

        async Task<double> WeighAsync(MailEndpoint endpoint)
        {
            await OpenAsync(endpoint, WarmUp);
            var before = Settled();
            await OpenAsync(endpoint, Weighed);
            return (double)(Settled() - before) / Weighed;
        }

        async Task OpenAsync(MailEndpoint endpoint, int count)
        {
            for (var n = 0; n < count; n++)
            {
                if (n % EachUser == 0) dovecot.AddUser($"idle{++users}@example.org", Password);
                open.Add(await Idle.BeginAsync(endpoint, imap, $"idle{users}@example.org", stop.Token));
            }
        }
    }

    private static long Settled()
    {
        for (var n = 0; n < 5; n++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static MailTransportOptions Transport()
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(TestCertificates.Shared.AuthorityPath);
        return new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true, TrustedCertificates = anchors };
    }

    private static string Bytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes");

    private sealed record Idle(ImapConnection Connection, Task Ended)
    {
        public static async Task<Idle> BeginAsync(MailEndpoint endpoint, ImapOptions options, string user, CancellationToken stop)
        {
            var connection = await ImapConnection.ConnectAsync(endpoint, options, CancellationToken.None);
            await connection.LoginAsync(new MailCredential(user, Password), CancellationToken.None);
            await connection.EnableQResyncAsync(CancellationToken.None);
            await connection.ListAsync(withStatus: true, CancellationToken.None);
            await connection.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { ReadOnly = true }, CancellationToken.None);
            return new Idle(connection, connection.IdleAsync(TimeSpan.FromMinutes(20), _ => true, stop, CancellationToken.None));
        }
    }
}
