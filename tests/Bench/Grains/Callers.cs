using System.Diagnostics;
using System.Globalization;

namespace Postmill.Bench.Grains;

/// <summary>So many callers, each of which awaits its call before it makes the next.</summary>
internal static class Callers
{
    /// <param name="callers">At once.</param>
    /// <param name="time">After it no call begins.</param>
    /// <param name="call">Gets the number of the caller and of its call.</param>
    public static async Task<Calls> RunAsync(int callers, TimeSpan time, Func<int, int, ValueTask<int>> call)
    {
        var began = Stopwatch.GetTimestamp();
        var took = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var micros = new List<double>();
            for (var (n, at) = (0, Stopwatch.GetTimestamp()); Stopwatch.GetElapsedTime(began, at) < time; n++)
            {
                await call(caller, n);
                var now = Stopwatch.GetTimestamp();
                micros.Add(Stopwatch.GetElapsedTime(at, now).TotalMicroseconds);
                at = now;
            }

            return micros;
        })));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double[] all = [.. took.SelectMany(t => t)];
        Array.Sort(all);
        return new Calls(all.Length / seconds, At(all, 0.5), At(all, 0.99));
    }

    private static double At(double[] sorted, double p) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * p)];
}

/// <param name="PerSecond">Calls a second, of all callers.</param>
/// <param name="P50">Microseconds.</param>
/// <param name="P99">Microseconds.</param>
internal sealed record Calls(double PerSecond, double P50, double P99)
{
    /// <summary>Of several rounds, each figure's own median.</summary>
    public static Calls Median(IReadOnlyList<Calls> rounds) => new(
        BenchTable.Median([.. rounds.Select(r => r.PerSecond)]), BenchTable.Median([.. rounds.Select(r => r.P50)]), BenchTable.Median([.. rounds.Select(r => r.P99)]));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:F0}/s, p50 {P50:F0} µs, p99 {P99:F0} µs");
}
