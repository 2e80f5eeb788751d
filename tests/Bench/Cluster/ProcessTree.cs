using System.Globalization;

namespace Postmill.Bench.Cluster;

/// <summary>A process and its children, by /proc (proc_pid_stat(5)).</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    // Counted from the field after the name, which is in parentheses and may hold blanks.
    private const int Parent = 1, User = 11, ChildrensSystem = 14, System = 12;

    /// <summary>Of the process, its living children and those that are gone.</summary>
    public static double ProcessorSeconds(int id)
    {
        double ticks = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var process) || Fields(directory) is not { } fields) continue;
            if (process == id) ticks += Sum(fields, User, ChildrensSystem);
            else if (fields[Parent] == id.ToString(CultureInfo.InvariantCulture)) ticks += Sum(fields, User, System);
        }

        return ticks / TicksPerSecond;
    }

    private static double Sum(string[] fields, int from, int to) => fields[from..(to + 1)].Sum(f => double.Parse(f, CultureInfo.InvariantCulture));

    private static string[]? Fields(string directory)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(directory, "stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it has ended meanwhile
        }
    }
}
