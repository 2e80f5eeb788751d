using System.Diagnostics;
using System.Globalization;
using Postmill.Bench.Cluster;

namespace Postmill.Bench.Grains;

/// <summary>First calls of grains that do nothing, and what they weigh when nobody calls them; the same weight of account grains with a mailbox open.</summary>
internal static class ActivationsBench
{
    private const int Bare = 100_000, Accounts = 10_000, Callers = 64;

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await BareAsync(table);
        await AccountsAsync(options.Accounts ?? Accounts, table);
    }

    private static async Task BareAsync(BenchTable table)
    {
        await using var silo = await BenchSilo.StartAsync("bench", null);
        await ActivateAsync(silo, "warm up", Bare / 10); // compiled
        var before = ProcessMemory.Collected();
        var seconds = await ActivateAsync(silo, "idle", Bare);
        var after = ProcessMemory.Collected();
        table.Add(string.Create(CultureInfo.InvariantCulture, $"first calls of {Bare} grains, {Callers} callers"),
            string.Create(CultureInfo.InvariantCulture, $"{Bare / seconds:F0} activations/s"), "–", "–", "–");
        table.Add(string.Create(CultureInfo.InvariantCulture, $"an idle activation, bare, of {Bare}"), ProcessMemory.Each(before, after, Bare), "–", "–", "–");
    }

    private static async Task<double> ActivateAsync(BenchSilo silo, string kind, int count)
    {
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Callers },
            async (n, _) => await silo.Grains.GetGrain<IEcho>(string.Create(CultureInfo.InvariantCulture, $"{kind} {n}")).Echo(n));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task AccountsAsync(int count, BenchTable table)
    {
        await using var cluster = await SimulatedCluster.StartAsync(1);
        // Compiled, pools filled.
        await cluster.AddAccountsAsync(new AccountRows(count / 10));
        await cluster.UntilIdleAsync();
        var before = await cluster.Silos[0].MemoryAsync();
        await cluster.AddAccountsAsync(new AccountRows(count) { First = count });
        await cluster.UntilIdleAsync();
        var after = await cluster.Silos[0].MemoryAsync();
        table.Add(string.Create(CultureInfo.InvariantCulture, $"an idle account grain with its worker in IDLE on a simulated mailbox, of {count}"), ProcessMemory.Each(before, after, count), "–", "–", "–");
    }
}
