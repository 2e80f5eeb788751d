using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Postmill.Bench.Cluster;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Sending;

/// <summary>
/// Mails that wait in the outbox, from the moment they are due to the last outcome in the database, through eight connections and through many to Postfix's smtp-sink; beside Postfix's
/// smtp-source and nodemailer's pool with as many connections and mails of the same size. Handing the mails in over HTTP is told apart from it.
/// </summary>
internal static class SendPipelineBench
{
    private const string User = "bench@example.org", Password = "bench";
    private const int BodyBytes = 4_000, PlainMails = 20_000;

    private static readonly int[] ConnectionCounts = [8, 32];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var node = await Nodemailer.InstallAsync();
        foreach (var connections in ConnectionCounts) await RunAsync(options, table, node, connections);
    }

    private static async Task RunAsync(BenchOptions options, BenchTable table, Nodemailer node, int connections)
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresOptions(Durable: true));
        var database = await postgres.CreateDatabaseAsync();
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions());
        dovecot.AddUser(User, Password);
        await using var sink = await SmtpSink.StartAsync(keep: false);
        await using var host = await BenchHost.StartAsync(options, database, new Dictionary<string, string?>
        {
            ["Postmill__Sending__Connections"] = $"{connections}",
            ["Postmill__Sending__SentCopy"] = "never",
        });
        await using var rows = NpgsqlDataSource.Create(database);
        var account = await host.ConnectAsync(dovecot, User, Password, sink.Port);
        await SendAsync(host, rows, account, Math.Min(options.Mails, 500)); // both sides are warm

        List<Pipeline> ours = [];
        List<double> source = [], nodemailer = [];
        for (var round = 1; round <= options.Rounds; round++)
        {
            ours.Add(await MeasureAsync(host, postgres, rows, account, options.Mails));
            source.Add(PlainMails / await SmtpClientBench.SourceAsync(connections, PlainMails, (int)ours[^1].Bytes));
            nodemailer.Add(await node.RateAsync(sink.Port, connections, Math.Min(PlainMails, options.Mails), BodyBytes));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"send-pipeline, {connections} connections, round {round}: postmill {ours[^1].PerSecond:F0}/s ({ours[^1].Bytes} bytes, handed in at {ours[^1].HandedInPerSecond:F0}/s), smtp-source {source[^1]:F0}/s, nodemailer {nodemailer[^1]:F0}/s; {ours[^1].Memory}"));
        }

        Tell(options, table, connections, ours, source, nodemailer);
    }

    private static void Tell(BenchOptions options, BenchTable table, int connections, List<Pipeline> ours, List<double> source, List<double> nodemailer)
    {
        var rate = BenchTable.Median([.. ours.Select(o => o.PerSecond)]);
        var work = string.Create(CultureInfo.InvariantCulture, $"durable sending, {options.Mails} mails of {ours[0].Bytes} bytes, {connections} connections");
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{rate:F0}/s; per mail {BenchTable.Median([.. ours.Select(o => o.HostSeconds)]) * 1e6:F0} µs of processor in the host, {BenchTable.Median([.. ours.Select(o => o.DatabaseSeconds)]) * 1e6:F0} µs in PostgreSQL; {ours[^1].Memory}");
        table.Add(work, text, Beside("smtp-source", source), Ratio(source), "≥ 0.25 ×");
        table.Add("the same", string.Create(CultureInfo.InvariantCulture, $"{rate:F0}/s"), Beside("nodemailer's pool", nodemailer), Ratio(nodemailer), "≥ 3 ×");

        string Beside(string who, List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{who} {BenchTable.Median(rates):F0}/s");

        string Ratio(List<double> rates) => string.Create(CultureInfo.InvariantCulture, $"{rate / BenchTable.Median(rates):F2} ×");
    }

    private static async Task<Pipeline> MeasureAsync(BenchHost host, PostgresServer postgres, NpgsqlDataSource rows, string account, int mails)
    {
        var began = Stopwatch.GetTimestamp();
        await Outgoing.HandInAsync(host, account, mails, BodyBytes);
        var handedIn = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"send-pipeline: {mails} mails are handed in after {handedIn:F0} s"));
        var (hostBefore, databaseBefore) = (ProcessTree.ProcessorSeconds(host.ProcessId), ProcessTree.ProcessorSeconds(postgres.Id));
        await using var memory = new ResidentSamples(host.ProcessId);
        began = Stopwatch.GetTimestamp();
        await Outgoing.ReleaseAsync(host, rows, account);
        await UntilSentAsync(rows);
        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return new Pipeline(
            mails / took, mails / handedIn, (ProcessTree.ProcessorSeconds(host.ProcessId) - hostBefore) / mails, (ProcessTree.ProcessorSeconds(postgres.Id) - databaseBefore) / mails,
            await Outgoing.BytesAsync(rows), await memory.TellAsync());
    }

    private static async Task SendAsync(BenchHost host, NpgsqlDataSource rows, string account, int mails)
    {
        await Outgoing.HandInAsync(host, account, mails, BodyBytes);
        await Outgoing.ReleaseAsync(host, rows, account);
        await UntilSentAsync(rows);
    }

    private static Task UntilSentAsync(NpgsqlDataSource rows) => Until.TrueAsync("every mail is sent", async () => await Outgoing.OpenAsync(rows) == 0, Patience);

    /// <param name="HostSeconds">Of processor, a mail.</param>
    private sealed record Pipeline(double PerSecond, double HandedInPerSecond, double HostSeconds, double DatabaseSeconds, int Bytes, string Memory);
}
