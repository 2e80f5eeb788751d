using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Postmill.Testing.Servers;

namespace Postmill.Testing.Sink;

/// <summary>
/// An SMTP server for tests: journals every mail before it says 250, and breaks where its rules say. In the test's process, on its clock; <see cref="SinkProcess"/> is the same
/// as a process of its own.
/// </summary>
public sealed class JournalSink : IAsyncDisposable
{
    private const int Backlog = 1024, MostViolations = 100;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, SinkSession> _sessions = [];
    private readonly ConcurrentDictionary<string, SinkGate> _gates = [];
    private readonly ConcurrentDictionary<SinkPhase, int> _commands = [];
    private readonly ConcurrentQueue<AcceptedMail> _accepted = [];
    private readonly ConcurrentQueue<string> _violations = [];
    private readonly SinkJournal _journal;
    private readonly SinkRules _rules;
    private Task _accepting = Task.CompletedTask;
    private int _connections, _most;

    private JournalSink(SinkOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        JournalPath = options.JournalPath ?? Path.Combine(TestWorkspace.NewDirectory("sink"), "journal");
        _journal = new SinkJournal(JournalPath, options.Fsync);
        _rules = new SinkRules(options.Seed);
        _rules.Replace(options.Rules);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public string JournalPath { get; }

    /// <summary>Accepted since the start, in the order of the journal.</summary>
    public IReadOnlyList<AcceptedMail> Accepted => [.. _accepted];

    public SinkCounts Counts => new(_sessions.Count, Volatile.Read(ref _most), Volatile.Read(ref _connections), _accepted.Count, _commands.ToDictionary(),
        Enum.GetValues<SinkPhase>().ToDictionary(at => at, _rules.Struck), [.. _violations]);

    internal SinkOptions Options { get; }

    internal TimeProvider Time { get; }

    internal SinkRules Rules => _rules;

    /// <param name="time">Of delays and of the journal's times; null: the system's.</param>
    public static Task<JournalSink> StartAsync(SinkOptions? options = null, TimeProvider? time = null)
    {
        var sink = new JournalSink(options ?? new SinkOptions(), time ?? TimeProvider.System);
        sink._listener.Bind(new IPEndPoint(IPAddress.Loopback, sink.Options.Port));
        sink._listener.Listen(Backlog);
        sink._accepting = sink.AcceptAsync();
        return Task.FromResult(sink);
    }

    /// <summary>What a journal holds; also while it is written, and after its sink was killed.</summary>
    public static IReadOnlyList<AcceptedMail> ReadJournal(string path) => SinkJournal.Read(path);

    public void Use(params IEnumerable<SinkRule> rules) => _rules.Replace(rules);

    public void Add(SinkRule rule) => _rules.Add(rule);

    /// <summary>Ends when a session waits at the gate.</summary>
    public Task ReachedAsync(string gate) => GateOf(gate).Reached;

    /// <summary>Lets everybody through, now and later.</summary>
    public void Open(string gate) => GateOf(gate).Open();

    /// <summary>Closes every connection that stands; new ones are served.</summary>
    public void CutAll()
    {
        foreach (var session in _sessions.Values) session.Cut();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions.Values.Select(s => s.Over.Task));
        await _journal.DisposeAsync();
        _stop.Dispose();
    }

    internal SinkGate GateOf(string name) => _gates.GetOrAdd(name, _ => new SinkGate());

    internal void Count(SinkPhase command) => _commands.AddOrUpdate(command, 1, (_, n) => n + 1);

    internal void Violated(int connection, string what)
    {
        if (_violations.Count < MostViolations) _violations.Enqueue($"connection {connection}: {what}");
    }

    /// <summary>Journals a mail; only then may anybody hear of it.</summary>
    internal async Task AcceptAsync(AcceptedMail mail)
    {
        if (Options.KeepContent)
        {
            var folder = Directory.CreateDirectory(JournalPath + ".d").FullName;
            var path = Path.Combine(folder, mail.Sha256);
            await File.WriteAllBytesAsync($"{path}.{mail.Connection}", mail.Content!);
            File.Move($"{path}.{mail.Connection}", path, overwrite: true);
        }

        await _journal.AppendAsync(mail);
        _accepted.Enqueue(Options.KeepContent ? mail : mail with { Content = null });
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException && _stop.IsCancellationRequested)
            {
                return;
            }

            socket.NoDelay = true;
            var number = Interlocked.Increment(ref _connections);
            _ = ServeAsync(number, socket);
        }
    }

    private async Task ServeAsync(int number, Socket socket)
    {
        await using var session = new SinkSession(this, number, socket);
        _sessions[number] = session;
        _most = Math.Max(_most, _sessions.Count);
        try
        {
            await session.RunAsync(isFull: _sessions.Count > Options.MaxConnections, _stop.Token);
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // A client may go at any moment, in a handshake too.
            session.Cut();
        }
        finally
        {
            _sessions.TryRemove(number, out _);
            session.Over.SetResult();
        }
    }
}
