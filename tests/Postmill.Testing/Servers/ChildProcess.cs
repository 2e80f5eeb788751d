using System.Diagnostics;

namespace Postmill.Testing.Servers;

/// <summary>A server process: leader of its own group, output kept (last <see cref="KeptLines"/> lines) and written to a log file, gone with us.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private const int KeptLines = 20_000;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly List<Waiter> _waiters = [];
    private readonly Process _process;
    private readonly StreamWriter _log;
    private int _openStreams = 2;

    private ChildProcess(ProcessStartInfo start, string logPath, string endSignal)
    {
        LogPath = logPath;
        _log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => OnLine(e.Data);
        _process.ErrorDataReceived += (_, e) => OnLine(e.Data);
        if (!_process.Start()) throw new InvalidOperationException($"{start.FileName} did not start");
        TestWorkspace.Reaper.Watch(_process.Id, endSignal);
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string LogPath { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get { lock (_gate) return string.Join('\n', _lines); }
    }

    /// <param name="command">Program and arguments; exec'd under <c>setsid</c>, so <see cref="Id"/> is the program's own id.</param>
    public static ChildProcess Start(IReadOnlyList<string> command, string logPath, IReadOnlyDictionary<string, string?>? environment = null,
        string? workingDirectory = null, string endSignal = "KILL")
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? Path.GetDirectoryName(logPath),
        };
        foreach (var argument in command) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return new ChildProcess(start, logPath, endSignal);
    }

    /// <summary>The first line, past or future, that <paramref name="wanted"/> accepts. Throws with the output when the process ends or time runs out first.</summary>
    public async Task<string> WaitForLineAsync(string what, Func<string, bool> wanted, TimeSpan within)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line) return line;
            waiter = new Waiter(wanted, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
            if (_openStreams == 0) throw new InvalidOperationException($"ended before {what}:\n{Output}");
            _waiters.Add(waiter);
        }
        try
        {
            return await waiter.Found.Task.WaitAsync(within, TimeProvider.System);
        }
        catch (Exception e) when (e is TimeoutException or EndOfStreamException)
        {
            throw new InvalidOperationException($"{(e is TimeoutException ? $"{within.TotalSeconds} s passed" : "ended")} before {what}:\n{Output}", e);
        }
        finally
        {
            lock (_gate) _waiters.Remove(waiter);
        }
    }

    public bool Signal(int signal) => !_process.HasExited && Posix.Signal(_process.Id, signal);

    /// <summary>SIGKILL to the process and all its descendants, then waits for its end.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            // Both: descendants may have left the group (PostgreSQL's do), and orphans of an inner death are only found by the group.
            _process.Kill(entireProcessTree: true);
            Posix.Signal(-_process.Id, Posix.SigKill);
        }
        await EndAsync();
    }

    /// <summary>Asks with <paramref name="signal"/>, kills after <paramref name="within"/>.</summary>
    public async Task StopAsync(int signal, TimeSpan within)
    {
        Signal(signal);
        using var deadline = new CancellationTokenSource(within, TimeProvider.System);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            Posix.Signal(-_process.Id, Posix.SigKill);
            await EndAsync();
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new TimeoutException($"did not end within {within.TotalSeconds} s of signal {signal}:\n{Output}");
        }
    }

    public Task WaitForExitAsync(CancellationToken ct) => _process.WaitForExitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        lock (_gate) _log.Dispose();
    }

    private async Task EndAsync()
    {
        await _process.WaitForExitAsync();
        TestWorkspace.Reaper.Forget(_process.Id);
    }

    private void OnLine(string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                if (--_openStreams > 0) return;
                foreach (var waiter in _waiters) waiter.Found.TrySetException(new EndOfStreamException());
                return;
            }
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines) _lines.Dequeue();
            if (_log.BaseStream.CanWrite) _log.WriteLine(line);
            foreach (var waiter in _waiters.Where(w => w.Wanted(line))) waiter.Found.TrySetResult(line);
        }
    }

    private sealed record Waiter(Func<string, bool> Wanted, TaskCompletionSource<string> Found);
}
