using System.Globalization;

namespace Postmill.Bench.Grains;

/// <summary>
/// Calls of a grain that does nothing, from outside a grain: on the caller's own silo, and on another one over the port between silos. Beside both stands a plain POST over
/// HTTP/2, what a service would do without Orleans. All of it is in one process.
/// </summary>
internal static class CallsBench
{
    private const int Many = 64, Grains = 1_000;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(3), WarmUp = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var silos = await TwoSilos.StartAsync();
        await using var echo = await PlainEcho.StartAsync();
        var (near, far) = await silos.GrainsAsync(Grains);
        foreach (var (callers, grains) in new[] { (1, 1), (Many, Grains) })
        {
            var local = await MeasureAsync(options, callers, (caller, n) => Pick(near, grains, caller, n).Echo(n));
            var remote = await MeasureAsync(options, callers, (caller, n) => Pick(far, grains, caller, n).Echo(n));
            var plain = await MeasureAsync(options, callers, (_, _) => echo.CallAsync());
            var who = callers == 1 ? "one caller, one grain" : string.Create(CultureInfo.InvariantCulture, $"{callers} callers, {grains} grains");
            table.Add($"grain call on the own silo, {who}", local.ToString(), "–", "–", "–");
            table.Add($"grain call on another silo, {who}", remote.ToString(), $"plain HTTP/2 POST {plain}", Ratio(remote, plain), "–");
        }
    }

    /// <summary>Every caller has grains of its own, as far as there are enough, and takes them in turn.</summary>
    private static IEcho Pick(IEcho[] grains, int most, int caller, int n) => grains[((n * Many) + caller) % most];

    private static async Task<Calls> MeasureAsync(BenchOptions options, int callers, Func<int, int, ValueTask<int>> call)
    {
        await Callers.RunAsync(callers, WarmUp, call);
        var rounds = new List<Calls>();
        for (var round = 0; round < options.Rounds; round++) rounds.Add(await Callers.RunAsync(callers, Time, call));
        return Calls.Median(rounds);
    }

    private static string Ratio(Calls ours, Calls theirs) => string.Create(CultureInfo.InvariantCulture, $"{ours.PerSecond / theirs.PerSecond:F2} × its calls/s");
}
