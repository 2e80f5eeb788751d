using System.Diagnostics;
using System.Globalization;

namespace Postmill.Bench.Cluster;

/// <summary>
/// Many accounts at the cadence of five minutes, on one silo and on more. In the window every account's run is the first since it was adopted: it logs in too, which later runs
/// need not; with <c>--settled</c> the window comes after these.
/// </summary>
internal static class SweepBench
{
    private const int Accounts = 100_000;

    /// <summary>Before the first account is due; adopting is over by then, a good part of it idle.</summary>
    private const double AdoptedPerSecond = 1_500, Margin = 10;

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        foreach (var silos in options.Silos) await RunAsync(options, silos, options.Accounts ?? Accounts, table);
    }

    private static async Task RunAsync(BenchOptions options, int silos, int accounts, BenchTable table)
    {
        await using var cluster = await SimulatedCluster.StartAsync(silos);
        var rows = new AccountRows(accounts) { DueAfter = TimeSpan.FromSeconds((accounts / AdoptedPerSecond) + Margin) };
        var began = Stopwatch.GetTimestamp();
        await cluster.AddAccountsAsync(rows);
        await cluster.UntilOwnedAsync();
        var adopted = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Say($"{silos} silos: {accounts} accounts made and adopted after {adopted:F1} s");
        // Rows that were late because adopting took longer than thought are caught up within the margin.
        var start = Math.Max(rows.DueAfter.Value.TotalSeconds, adopted) + (Margin / 2) + (options.Settled ? AccountRows.CadenceSeconds : 0);
        await Until.PassedAsync(TimeSpan.FromSeconds(Math.Max(0, start - Stopwatch.GetElapsedTime(began).TotalSeconds)));

        var window = await SweepWindow.MeasureAsync(cluster, TimeSpan.FromMinutes(options.Minutes));
        var late = await cluster.CountAsync("account WHERE next_sync_at < now() - interval '5 s'");
        var collected = new List<ProcessMemory>();
        foreach (var silo in cluster.Silos) collected.Add(await silo.MemoryAsync());
        var expected = accounts / AccountRows.CadenceSeconds * window.Seconds;
        table.Add(
            string.Create(CultureInfo.InvariantCulture, $"sweep lag, {accounts} accounts every {AccountRows.CadenceSeconds:F0} s, {Silos(silos)}, {window.Seconds:F0} s{(options.Settled ? ", settled" : "")}"),
            window.Lag(), string.Create(CultureInfo.InvariantCulture, $"{window.Runs} runs of {expected:F0} due; {late} later than 5 s at the end"), "–", "p99 ≤ 5 s");
        table.Add($"the same: cost per 1,000 runs", window.Cost(silos), string.Create(CultureInfo.InvariantCulture, $"{window.Transactions / window.Seconds:F0} transactions/s"), "–", "–");
        table.Add("the same: memory of a silo", string.Create(CultureInfo.InvariantCulture,
            $"{window.Resident / 1048576.0:F0} MiB resident under load; managed heap {collected.Average(m => m.Heap) / 1048576.0:F0} MiB after a collection"), "–", "–", "–");
    }

    private static string Silos(int count) => count == 1 ? "1 silo" : string.Create(CultureInfo.InvariantCulture, $"{count} silos");

    private static void Say(FormattableString text) => Console.WriteLine($"sweep: {text.ToString(CultureInfo.InvariantCulture)}");
}
