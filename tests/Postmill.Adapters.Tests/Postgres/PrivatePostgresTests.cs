using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Postgres;

public sealed class PrivatePostgresTests : IDisposable
{
    private readonly string _data = TestWorkspace.NewDirectory("private");

    public void Dispose()
    {
        // What a failed test left running.
        if (ServerProcess(Place) is { } server) server.Kill(entireProcessTree: true);
    }

    [Fact]
    public async Task First_start_makes_a_cluster_and_the_next_one_finds_its_data()
    {
        await using (var first = await StartAsync())
        {
            Assert.Contains(Place, first.ConnectionString, StringComparison.Ordinal);
            Assert.Equal("on", await Query(first, "SHOW synchronous_commit"));
            Assert.Equal("2GB", await Query(first, "SHOW max_wal_size"));
            Assert.Equal("UTF8", await Query(first, "SHOW server_encoding"));
            await Query(first, "CREATE TABLE kept AS SELECT 'still here' AS what");
        }
        Assert.Null(ServerProcess(Place));
        await using var second = await StartAsync();
        Assert.Equal("still here", await Query(second, "SELECT what FROM kept"));
    }

    [Fact]
    public async Task A_server_left_by_a_killed_host_is_taken_over_and_then_stopped()
    {
        var pid = await StartAndAbandonAsync();
        await using (var next = await StartAsync())
        {
            Assert.Equal("still here", await Query(next, "SELECT what FROM kept"));
            Assert.Equal(pid, ServerProcess(Place)?.Id);
        }
        Assert.Null(ServerProcess(Place));
    }

    [Fact]
    public async Task A_killed_server_leaves_a_stale_pid_file_and_nothing_is_lost()
    {
        await StartAndAbandonAsync();
        using (var server = ServerProcess(Place)!)
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
        Assert.True(File.Exists(Path.Combine(Place, "data", "postmaster.pid")));
        await using var next = await StartAsync();
        Assert.Equal("still here", await Query(next, "SELECT what FROM kept"));
    }

    [Fact]
    public async Task A_pid_file_that_names_some_other_living_process_is_stale()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Place, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{Place}/data\n1700000000\n5432\n{Place}/run\n\n  1 2\nready\n");
        await using var next = await StartAsync();
        Assert.Equal("1", await Query(next, "SELECT '1'"));
    }

    [Fact]
    public async Task Two_hosts_with_one_data_directory_share_the_server_and_its_owner_stops_it()
    {
        var both = await Task.WhenAll(StartAsync(), StartAsync());
        Assert.Equal(both[0].ConnectionString, both[1].ConnectionString);
        var pid = ServerProcess(Place)?.Id;
        var started = both.Single(p => p.OwnsServer);
        await both.Single(p => p != started).DisposeAsync();
        Assert.Equal(pid, ServerProcess(Place)?.Id);
        Assert.Equal("1", await Query(started, "SELECT '1'"));
        await started.DisposeAsync();
        Assert.Null(ServerProcess(Place));
    }

    [Fact]
    public async Task When_the_owner_ends_first_the_other_host_runs_the_server_on()
    {
        var log = new Inheritance();
        var owner = await StartAsync();
        await Query(owner, "CREATE TABLE kept AS SELECT 'still here' AS what");
        await using var other = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { DataDirectory = _data }, log, TimeProvider.System, CancellationToken.None);
        await owner.DisposeAsync();
        await log.Inherited.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.Equal("still here", await Query(other, "SELECT what FROM kept"));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_falls_back_to_loopback_with_a_password()
    {
        var deep = Path.Combine(_data, new string('d', 60), new string('e', 60));
        await using var server = await StartAsync(new PrivatePostgresOptions { DataDirectory = deep });
        var address = new NpgsqlConnectionStringBuilder(server.ConnectionString);
        Assert.Equal("127.0.0.1", address.Host);
        Assert.Equal("1", await Query(server, "SELECT '1'"));
        address.Password = "wrong";
        await using var intruder = new NpgsqlConnection(address.ConnectionString);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => intruder.OpenAsync())).SqlState);
    }

    [Fact]
    public async Task A_directory_that_is_not_ours_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Place);
        await File.WriteAllTextAsync(Path.Combine(Place, "thesis.tex"), "years of work");
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains("is not Postmill's", refused.Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(Place, "thesis.tex")], Directory.EnumerateFileSystemEntries(Place));
    }

    [Fact]
    public async Task Without_PostgreSQL_one_line_says_what_to_install()
    {
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync(new PrivatePostgresOptions { DataDirectory = _data, BinaryDirectories = ["/nowhere"] }));
        Assert.Contains("apt-get install postgresql", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_names_the_package()
    {
        await (await StartAsync()).DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Place, "data", "PG_VERSION"), "14\n");
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains("apt-get install postgresql-14", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_initdb_that_was_interrupted_is_done_again()
    {
        await (await StartAsync()).DisposeAsync();
        Directory.Move(Path.Combine(Place, "data"), Path.Combine(Place, "data.unfinished"));
        await using var server = await StartAsync();
        Assert.Equal("1", await Query(server, "SELECT '1'"));
        Assert.False(Directory.Exists(Path.Combine(Place, "data.unfinished")));
    }

    [Fact]
    public async Task A_data_directory_the_server_user_cannot_reach_gets_a_link_to_one_it_can()
    {
        var closed = Path.Combine(_data, "closed");
        Directory.CreateDirectory(closed);
        Posix.ChangeMode(closed, 0b111_000_000);
        var outside = Path.Combine(_data, "outside");
        var options = new PrivatePostgresOptions { DataDirectory = Path.Combine(closed, ".data"), OutOfReachDirectory = outside };
        await using (var first = await StartAsync(options)) await Query(first, "CREATE TABLE kept AS SELECT 'still here' AS what");
        await using var second = await StartAsync(options);
        Assert.Equal("still here", await Query(second, "SELECT what FROM kept"));
        // Only root runs the server as somebody else.
        Assert.Equal(Posix.IsRoot ? 1 : 0, Directory.Exists(outside) ? Directory.EnumerateDirectories(outside).Count() : 0);
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_reported_with_its_log()
    {
        await (await StartAsync()).DisposeAsync();
        await File.AppendAllTextAsync(Path.Combine(Place, "data", "postgresql.conf"), "max_connections = many\n");
        var refused = await Assert.ThrowsAsync<PrivatePostgresException>(() => StartAsync());
        Assert.Contains("max_connections", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Inheritance : ILogger
    {
        public TaskCompletionSource Inherited { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == "LogInherited") Inherited.TrySetResult();
        }
    }

    private string Place => Path.Combine(_data, "postgres");

    private Task<PrivatePostgres> StartAsync(PrivatePostgresOptions? options = null) =>
        PrivatePostgres.StartAsync(options ?? new PrivatePostgresOptions { DataDirectory = _data }, NullLogger.Instance, TimeProvider.System, CancellationToken.None);

    /// <summary>As after kill -9 of a host: the server runs, nobody holds the lock. Returns its process id.</summary>
    private async Task<int> StartAndAbandonAsync()
    {
        var host = await StartAsync();
        await Query(host, "CREATE TABLE kept AS SELECT 'still here' AS what");
        host.Abandon();
        return ServerProcess(Place)!.Id;
    }

    private static async Task<string?> Query(PrivatePostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() as string;
    }

    private static Process? ServerProcess(string place)
    {
        var path = Path.Combine(place, "data", "postmaster.pid");
        if (!File.Exists(path)) return null;
        var id = int.Parse(File.ReadLines(path).First(), CultureInfo.InvariantCulture);
        try
        {
            var process = Process.GetProcessById(id);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) ? process : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
