using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Postmill.Bench;

/// <summary>The rows of one run; every row names what it is measured against.</summary>
internal sealed class BenchTable
{
    private readonly List<(string Work, string Ours, string Beside, string Ratio, string Aim)> _rows = [];

    public void Add(string work, string ours, string beside, string ratio, string aim) => _rows.Add((work, ours, beside, ratio, aim));

    public void Print(TextWriter to)
    {
        to.WriteLine();
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, {RuntimeInformation.OSDescription}, .NET {Environment.Version}, {Commit}{(Optimized ? "" : ", NOT a Release build")}"));
        to.WriteLine();
        to.WriteLine("| work | ours | beside | ratio | aim |");
        to.WriteLine("|---|---|---|---|---|");
        foreach (var (work, ours, beside, ratio, aim) in _rows) to.WriteLine($"| {work} | {ours} | {beside} | {ratio} | {aim} |");
    }

    private static string Commit => typeof(BenchTable).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static bool Optimized => typeof(BenchTable).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    public static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Percentile(IReadOnlyList<double> values, double p) => values.Order().ElementAt((int)Math.Min(values.Count - 1, Math.Ceiling(values.Count * p) - 1));

    public static string Seconds(IReadOnlyList<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{Median(values):F2} s ({values.Min():F2}–{values.Max():F2})");
}
