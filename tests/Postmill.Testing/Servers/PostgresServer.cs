using Npgsql;

namespace Postmill.Testing.Servers;

/// <summary>A real PostgreSQL cluster of its own, thrown away with the process. On a Unix socket, so its address survives a restart.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Lazy<Task<PostgresServer>> Shared = new(() => StartAsync(new PostgresOptions()));
    private static int _lastDatabase;
    private readonly PostgresOptions _options;
    private readonly string _directory;
    private readonly string _data;
    private readonly PortLease _port = PortLease.Take();
    private ChildProcess? _process;

    private PostgresServer(PostgresOptions options)
    {
        _options = options;
        _directory = TestWorkspace.NewDirectory("pg");
        _data = Path.Combine(_directory, "data");
        LogPath = Path.Combine(_directory, "postgres.log");
    }

    public string LogPath { get; }

    /// <summary>Of the postmaster; the sessions are its children.</summary>
    public int Id => Running.Id;

    /// <summary>Loopback port, open when <see cref="PostgresOptions.Tcp"/>; also the number in the socket's name.</summary>
    public int Port => _port.Port;

    /// <summary>The cluster of this process, started by the first who asks. Crash tests start their own.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    public static async Task<PostgresServer> StartAsync(PostgresOptions options)
    {
        var server = new PostgresServer(options);
        await server.InitializeAsync();
        await server.StartAsync();
        return server;
    }

    /// <summary>A fresh database, empty or a copy of <paramref name="template"/> (the name of a database nobody is connected to).</summary>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = $"t{Interlocked.Increment(ref _lastDatabase)}_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = _directory,
        Port = Port,
        Username = "postgres",
        Database = database,
        IncludeErrorDetail = true,
        MaxPoolSize = 20,
    }.ConnectionString;

    /// <summary>Starts it again after <see cref="StopAsync"/> or <see cref="KillAsync"/>; crash recovery included.</summary>
    public async Task StartAsync()
    {
        if (_process is { HasExited: false }) throw new InvalidOperationException("PostgreSQL is running");
        _process = ChildProcess.Start(AsServerUser([Binary("postgres"), "-D", _data]), LogPath, workingDirectory: _directory, endSignal: "QUIT");
        await _process.WaitForLineAsync("PostgreSQL is ready", line => line.Contains("database system is ready to accept connections", StringComparison.Ordinal), Patience);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Fast shutdown: sessions are cut off, everything committed is kept.</summary>
    public Task StopAsync() => Running.StopAsync(Posix.SigInt, Patience);

    /// <summary>Immediate shutdown: no checkpoint, sessions are told and cut off; the next start recovers from the log.</summary>
    public Task StopAtOnceAsync() => Running.StopAsync(Posix.SigQuit, Patience);

    /// <summary>SIGKILL to the postmaster and every backend.</summary>
    public Task KillAsync() => Running.KillAsync();

    /// <summary>SIGSTOP to the postmaster only: open sessions go on, new ones hang.</summary>
    public void Suspend() => Running.Signal(Posix.SigStop);

    public void Resume() => Running.Signal(Posix.SigCont);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) await _process.StopAsync(Posix.SigQuit, Patience);
            await _process.DisposeAsync();
        }
        _port.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("PostgreSQL was never started");

    private async Task InitializeAsync()
    {
        if (Posix.IsRoot) Posix.ChangeOwner(_directory, Posix.FindAccount("postgres") ?? throw new InvalidOperationException("there is no user postgres"));
        await Tool.RunAsync(AsServerUser([Binary("initdb"), "-D", _data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]),
            workingDirectory: _directory);
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = _options.Tcp ? "127.0.0.1" : "",
            ["port"] = $"{Port}",
            ["unix_socket_directories"] = _directory,
            ["max_connections"] = $"{_options.MaxConnections}",
            ["shared_buffers"] = "128MB",
            ["max_wal_size"] = "2GB",
            // In the data directory instead of /dev/shm, so that a killed server leaves nothing outside it.
            ["dynamic_shared_memory_type"] = "mmap",
            ["fsync"] = _options.Durable ? "on" : "off",
            ["full_page_writes"] = _options.Durable ? "on" : "off",
            ["synchronous_commit"] = _options.Durable ? "on" : "off",
        };
        foreach (var (name, value) in _options.Settings) settings[name] = value;
        await File.AppendAllLinesAsync(Path.Combine(_data, "postgresql.conf"), settings.Select(s => $"{s.Key} = '{s.Value}'"));
    }

    private static string Binary(string program) =>
        Tool.Find(program, Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse().Select(d => Path.Combine(d, "bin"))
            : []);

    // PostgreSQL refuses to run as root; setpriv execs, so the process id stays the server's.
    private static string[] AsServerUser(string[] command) =>
        Posix.IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--", .. command] : command;
}
