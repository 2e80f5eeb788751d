using System.Diagnostics;
using System.Globalization;

namespace Postmill.Adapters.Postgres;

/// <summary>What <c>postmaster.pid</c> says: line 1 process id, 4 port, 5 socket directory, 6 listen address, 8 status.</summary>
internal sealed record PrivatePostgresPid(int ProcessId, int Port, string SocketDirectory, string ListenAddress, string Status)
{
    public static PrivatePostgresPid? Read(PrivatePostgresPlace place)
    {
        if (TryRead(PathIn(place))?.Split('\n') is not { } lines) return null;
        string Line(int number) => lines.Length >= number ? lines[number - 1].Trim() : "";
        var port = int.TryParse(Line(4), NumberStyles.None, CultureInfo.InvariantCulture, out var p) ? p : 0;
        return int.TryParse(Line(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? new PrivatePostgresPid(id, port, Line(5), Line(6), Line(8))
            : null;
    }

    public bool IsReady => Status == "ready";

    /// <summary>
    /// The process exists and works in this cluster: the pid file in its directory is this one. After a reboot or in a restarted container
    /// another process may have the number, and PostgreSQL itself would then refuse to start.
    /// </summary>
    public bool IsAlive(PrivatePostgresPlace place)
    {
        if (Directory.Exists("/proc/self"))
            return TryRead($"/proc/{ProcessId}/cwd/postmaster.pid") is { } theirs && theirs == TryRead(PathIn(place));
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string PathIn(PrivatePostgresPlace place) => Path.Combine(place.Cluster, "postmaster.pid");

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
