using System.Diagnostics;
using System.Globalization;

namespace Postmill.Bench.Cluster;

/// <summary>What a cluster did between two moments.</summary>
/// <param name="Lags">Sorted, in seconds.</param>
/// <param name="Resident">Bytes of the largest silo.</param>
internal sealed record SweepWindow(double Seconds, double[] Lags, double SiloSeconds, double PostgresSeconds, long Transactions, long LogBytes, long Resident, double AllocatedBytes)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    public int Runs => Lags.Length;

    public static async Task<SweepWindow> MeasureAsync(SimulatedCluster cluster, TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        var (before, postgresBefore) = (await ReportsAsync(cluster), await cluster.PostgresAsync());
        var (after, lags, resident) = (before, new List<double>(), 0L);
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            await Until.PassedAsync(Step < time - Stopwatch.GetElapsedTime(began) ? Step : time - Stopwatch.GetElapsedTime(began) + TimeSpan.FromMilliseconds(1));
            after = await ReportsAsync(cluster);
            double[] fresh = [.. after.SelectMany(r => r.LagSeconds)];
            lags.AddRange(fresh);
            resident = Math.Max(resident, after.Max(r => r.Memory.Resident));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sweep: {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s, {fresh.Length} runs, largest lag {fresh.DefaultIfEmpty().Max():F2} s"));
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var postgres = await cluster.PostgresAsync();
        return new SweepWindow(
            seconds, [.. lags.Order()], after.Zip(before, (a, b) => a.ProcessorSeconds - b.ProcessorSeconds).Sum(), postgres.ProcessorSeconds - postgresBefore.ProcessorSeconds,
            postgres.Commits - postgresBefore.Commits, postgres.LogBytes - postgresBefore.LogBytes, resident, after.Zip(before, (a, b) => (double)(a.AllocatedBytes - b.AllocatedBytes)).Sum());
    }

    public string Lag() => Runs == 0 ? "no run ended" : string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F2} s, p99 {At(0.99):F2} s, max {Lags[^1]:F2} s");

    public string Cost(int silos) => Runs == 0 ? "–" : string.Create(CultureInfo.InvariantCulture,
        $"silos {SiloSeconds / Runs * 1000:F2} s, PostgreSQL {PostgresSeconds / Runs * 1000:F2} s of processor; {Transactions / (double)Runs:F1} transactions, {LogBytes / (double)Runs / 1024:F1} KiB of log, {AllocatedBytes / Runs / 1024:F0} KiB allocated a run; {(SiloSeconds + PostgresSeconds) / Seconds:F2} cores busy on {silos}");

    private double At(double p) => Lags[(int)Math.Min(Runs - 1, Math.Ceiling(Runs * p) - 1)];

    private static Task<SiloReport[]> ReportsAsync(SimulatedCluster cluster) => Task.WhenAll(cluster.Silos.Select(s => s.ReportAsync()));
}
