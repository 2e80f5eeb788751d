using System.Globalization;
using System.Text.Json;
using Postmill.Testing.Servers;

namespace Postmill.Testing.Sink;

/// <summary>A <see cref="JournalSink"/> that is a process of its own: it outlives the silos that a test kills, and can be killed itself. Its port stays.</summary>
public sealed class SinkProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PortLease _port = PortLease.Take();
    private readonly string _directory = TestWorkspace.NewDirectory("sink");
    private readonly SinkOptions _options;
    private ChildProcess? _process;
    private int _control;

    private SinkProcess(SinkOptions options) => _options = options with { Port = Port, JournalPath = options.JournalPath ?? Path.Combine(_directory, "journal") };

    public int Port => _port.Port;

    public string JournalPath => _options.JournalPath!;

    /// <summary>Of all its lives.</summary>
    public IReadOnlyList<AcceptedMail> Accepted => JournalSink.ReadJournal(JournalPath);

    public static async Task<SinkProcess> StartAsync(SinkOptions? options = null)
    {
        var sink = new SinkProcess(options ?? new SinkOptions());
        await sink.StartAsync();
        return sink;
    }

    /// <summary>Starts it again after <see cref="KillAsync"/>, with the rules it began with.</summary>
    public async Task StartAsync()
    {
        var path = Path.Combine(_directory, "options.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(_options, SinkOrder.Json));
        _process = ChildProcess.Start(["dotnet", "exec", Binary(), path], Path.Combine(_directory, "sink.log"));
        var line = await _process.WaitForLineAsync("the sink listens", l => l.StartsWith(SinkHost.Announcement, StringComparison.Ordinal), Patience);
        _control = int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    public Task UseAsync(params IReadOnlyList<SinkRule> rules) => SinkControl.AskAsync(_control, new SinkOrder(rules), CancellationToken.None);

    public Task OpenAsync(string gate) => SinkControl.AskAsync(_control, new SinkOrder(Open: gate), CancellationToken.None);

    public Task CutAllAsync() => SinkControl.AskAsync(_control, new SinkOrder(Cut: true), CancellationToken.None);

    public Task<SinkCounts> CountsAsync() => SinkControl.AskAsync(_control, new SinkOrder(), CancellationToken.None);

    /// <summary>SIGKILL: what it was doing stays undone, what it journaled stays journaled.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    public void Suspend() => _process?.Signal(Posix.SigStop);

    public void Resume() => _process?.Signal(Posix.SigCont);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _port.Dispose();
    }

    // artifacts/bin/{test project}/{configuration}/ → artifacts/bin/Sink/{configuration}/
    private static string Binary()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var path = Path.GetFullPath(Path.Combine(own, "..", "..", "Sink", Path.GetFileName(own), "Sink.dll"));
        return File.Exists(path) ? path : throw new FileNotFoundException($"build tests/Sink first: {path}");
    }
}
