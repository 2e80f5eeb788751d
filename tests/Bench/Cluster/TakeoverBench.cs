using System.Diagnostics;
using System.Globalization;

namespace Postmill.Bench.Cluster;

/// <summary>From <c>kill -9</c> of one silo of three to the moment when the last of its accounts is owned by another. Every adopted account is logged in to and synced meanwhile.</summary>
internal static class TakeoverBench
{
    private const int Silos = 3, Accounts = 10_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        var count = options.Accounts ?? Accounts;
        await using var cluster = await SimulatedCluster.StartAsync(Silos);
        await cluster.AddAccountsAsync(new AccountRows(count));
        await cluster.UntilIdleAsync();
        var victim = cluster.Silos[^1];
        var owner = await OwnerAsync(cluster, victim);
        var theirs = await OwnedAsync(cluster, owner);
        var began = Stopwatch.GetTimestamp();
        await victim.KillAsync();

        double? first = null;
        using var looks = new PeriodicTimer(Look);
        long owned;
        while ((owned = await OwnedAsync(cluster, owner)) > 0)
        {
            if (owned < theirs) first ??= Stopwatch.GetElapsedTime(began).TotalSeconds;
            await looks.WaitForNextTickAsync();
        }

        var last = Stopwatch.GetElapsedTime(began).TotalSeconds;
        table.Add(
            string.Create(CultureInfo.InvariantCulture, $"kill -9 of one silo of {Silos} with {count} accounts → its {theirs} accounts owned again"),
            string.Create(CultureInfo.InvariantCulture, $"{last:F1} s (first adopted at {first ?? last:F1} s)"), "–", "–", "≤ 30 s");
    }

    private static async Task<string> OwnerAsync(SimulatedCluster cluster, SiloProcess silo)
    {
        await using var select = cluster.Database.CreateCommand("SELECT owner FROM silo WHERE address || ':' || port = $1 AND status = 'active'");
        select.Parameters.Add(new() { Value = silo.Address });
        return (string)(await select.ExecuteScalarAsync())!;
    }

    private static Task<long> OwnedAsync(SimulatedCluster cluster, string owner) => cluster.CountAsync($"account WHERE connected AND owner = '{owner}'");
}
