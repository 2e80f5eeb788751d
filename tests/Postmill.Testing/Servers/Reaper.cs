using System.Diagnostics;
using System.Globalization;

namespace Postmill.Testing.Servers;

/// <summary>
/// One small shell per test process that outlives it by a moment: when our end of its stdin closes, however we died, it kills the servers
/// we started and removes our directory.
/// </summary>
internal sealed class Reaper
{
    // Its own session, and deaf to Ctrl-C: the terminal signals the whole foreground group, and this is the one that must stay to clean up.
    private const string Script = """
        exec >/dev/null 2>&1
        trap '' INT TERM HUP
        declare -A live
        dirs=()
        while read -r verb what how; do
          case $verb in
            add) live[$what]=$how ;;
            del) unset "live[$what]" ;;
            dir) dirs+=("$what") ;;
          esac
        done
        for pid in "${!live[@]}"; do kill "-${live[$pid]}" -- "-$pid" || kill "-${live[$pid]}" "$pid"; done
        for pid in "${!live[@]}"; do
          for _ in {1..40}; do [ -e "/proc/$pid/exe" ] || break; sleep 0.05; done
          kill -KILL -- "-$pid"
        done
        for dir in "${dirs[@]}"; do
          for _ in {1..20}; do rm -rf -- "$dir" && break; sleep 0.1; done
        done
        """;

    private readonly Lock _gate = new();
    private readonly StreamWriter _orders;

    public Reaper(string directory)
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true };
        foreach (var argument in new[] { "bash", "-c", Script }) start.ArgumentList.Add(argument);
        start.WorkingDirectory = "/";
        var process = Process.Start(start) ?? throw new InvalidOperationException("setsid bash did not start");
        _orders = process.StandardInput;
        Order($"dir {directory}");
    }

    /// <param name="pid">Leader of its own process group.</param>
    /// <param name="signal">What ends it without leaving shared memory behind: QUIT for PostgreSQL, KILL for the others.</param>
    public void Watch(int pid, string signal) => Order(string.Create(CultureInfo.InvariantCulture, $"add {pid} {signal}"));

    public void Forget(int pid) => Order(string.Create(CultureInfo.InvariantCulture, $"del {pid}"));

    private void Order(string line)
    {
        lock (_gate)
        {
            _orders.Write(line + "\n");
            _orders.Flush();
        }
    }
}
