using System.Diagnostics;
using System.Globalization;
using Postmill.Testing.Samples;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>From the POST that connects a mailbox to everything stored, parsed and searchable; beside mbsync writing the same mails into a Maildir.</summary>
internal static class FirstSyncBench
{
    private const string User = "bench@example.org", Password = "bench";

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions());
        dovecot.AddUser(User, Password);
        long bytes = 0;
        await dovecot.SeedAsync(User, "INBOX", MailSamples.Generate(options.Mails, seed: 1).Select(mail =>
        {
            bytes += mail.Length;
            return mail;
        }));
        List<double> ours = [], mbsync = [];
        await Mbsync.RunAsync(dovecot, User, Password); // Dovecot's indexes are written by whoever comes first
        for (var round = 1; round <= options.Rounds; round++)
        {
            mbsync.Add(await Mbsync.RunAsync(dovecot, User, Password));
            ours.Add(await SyncAsync(options, dovecot));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first-sync round {round}: postmill {ours[^1]:F2} s, mbsync {mbsync[^1]:F2} s"));
        }

        table.Add(
            string.Create(CultureInfo.InvariantCulture, $"first sync, {options.Mails} mails / {bytes / 1e6:F0} MB, plaintext loopback"),
            BenchTable.Seconds(ours), $"mbsync {BenchTable.Seconds(mbsync)}",
            string.Create(CultureInfo.InvariantCulture, $"{BenchTable.Median(ours) / BenchTable.Median(mbsync):F2} ×"), "≤ 1.0 ×");
    }

    private static async Task<double> SyncAsync(BenchOptions options, DovecotServer dovecot)
    {
        await using var host = await BenchHost.StartAsync(options);
        var began = Stopwatch.GetTimestamp();
        var account = await host.ConnectAsync(dovecot, User, Password);
        await host.UntilSyncedAsync(account);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
