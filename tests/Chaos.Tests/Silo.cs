using System.Globalization;
using Npgsql;

namespace Chaos.Tests;

/// <summary>One silo of the cluster: its ports and its own line to PostgreSQL stay the same, its processes come and go.</summary>
internal sealed class Silo : IAsyncDisposable
{
    private readonly PortLease _port = PortLease.Take();
    private readonly List<HostProcess> _processes = [];
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly string _database;
    private volatile bool _isOpen;

    public Silo(int number, PostgresServer postgres, string database, IReadOnlyDictionary<string, string?> settings)
    {
        Name = $"silo {number}";
        Line = new TcpProxy(postgres.Port);
        _settings = settings;
        _database = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = Line.Port }.ConnectionString;
    }

    public string Name { get; }

    /// <summary>Address and port, as the membership table has them.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port.Port}");

    /// <summary>Its way to PostgreSQL.</summary>
    public TcpProxy Line { get; }

    /// <summary>Where it answers HTTP now; another port after each start.</summary>
    public Uri Http => Process.Address;

    /// <summary>Whether clients may be sent here: started, and not asked to go.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        private set => _isOpen = value;
    }

    /// <summary>What all its processes have said.</summary>
    public string Log => string.Join('\n', _processes.Select(p => p.Output));

    public HostProcess Process => _processes[^1];

    /// <param name="metrics">Where its metrics go.</param>
    public async Task StartAsync(MetricsReceiver metrics)
    {
        var settings = new Dictionary<string, string?>(_settings)
        {
            ["Postmill__Cluster__Port"] = _port.Port.ToString(CultureInfo.InvariantCulture),
            ["Postmill__Telemetry__OtlpEndpoint"] = metrics.EndpointOf(this),
            ["Postmill__Telemetry__IntervalSeconds"] = "2",
        };
        _processes.Add(await HostProcess.StartAsync(new HostOptions(_database) { Environment = settings }));
        IsOpen = true;
    }

    public async Task KillAsync()
    {
        IsOpen = false;
        await Process.KillAsync();
    }

    /// <summary>SIGTERM, the drain, and exit code 0.</summary>
    public async Task StopAsync()
    {
        IsOpen = false;
        await Process.StopAsync();
        Assert.True(Process.ExitCode == 0, $"{Name} ended with {Process.ExitCode}:\n{Tail(40)}");
    }

    public void Suspend()
    {
        IsOpen = false;
        Process.Suspend();
    }

    public void Resume() => Process.Resume();

    public void Stall()
    {
        IsOpen = false;
        Line.Stall();
    }

    public void Heal() => Line.Heal();

    /// <summary>Waits until the process has ended by itself, as a silo does that was declared dead.</summary>
    public async Task UntilEndedAsync(Func<Task<string>> describe)
    {
        IsOpen = false;
        await Eventually.TrueAsync($"{Name} has ended by itself", () => Task.FromResult(Process.HasExited), describe, ChaosLimits.Patience);
        Assert.True(Process.ExitCode != 0, $"{Name} ended as if it had been asked to:\n{Tail(40)}");
    }

    public string Tail(int lines) => string.Join('\n', Log.Split('\n').TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        IsOpen = false;
        foreach (var process in _processes) await process.DisposeAsync();
        await Line.DisposeAsync();
        _port.Dispose();
    }
}
