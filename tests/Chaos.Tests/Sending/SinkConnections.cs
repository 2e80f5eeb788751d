using System.Globalization;

namespace Chaos.Tests.Sending;

/// <summary>How many connections a process holds to a port on loopback, from <c>/proc</c>.</summary>
internal static class SinkConnections
{
    private const string Established = "01";

    public static int Of(int process, int port)
    {
        var mine = Directory.EnumerateFiles($"/proc/{process}/fd").Select(fd => new FileInfo(fd).LinkTarget).OfType<string>()
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1]).ToHashSet();
        var far = port.ToString("X4", CultureInfo.InvariantCulture);
        // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …; a dual-stack socket stands in tcp6
        return new[] { "tcp", "tcp6" }.SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(columns => columns[3] == Established && columns[2].EndsWith($":{far}", StringComparison.Ordinal) && mine.Contains(columns[9]));
    }
}
