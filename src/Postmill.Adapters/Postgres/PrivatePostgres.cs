using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postmill.Adapters.Postgres;

/// <summary>
/// The PostgreSQL a host runs for itself. The host that holds the lock in its directory owns the server: it starts it, or takes over one that
/// a killed host left running, and stops it at its end. Another host with the same data directory uses it, and takes over when the owner ends.
/// </summary>
internal sealed partial class PrivatePostgres : IAsyncDisposable
{
    private const int StartAttempts = 3;
    private const string Database = "postmill";
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private readonly PrivatePostgresPlace _place;
    private readonly PrivatePostgresCluster _cluster;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _watching = Task.CompletedTask;
    private FileStream? _ownership;

    private PrivatePostgres(PrivatePostgresPlace place, PrivatePostgresCluster cluster, FileStream? ownership, ILogger logger, TimeProvider clock, string connectionString)
    {
        _place = place;
        _cluster = cluster;
        _ownership = ownership;
        _logger = logger;
        ConnectionString = connectionString;
        if (ownership is null) _watching = WatchOwnerAsync(clock, _ending.Token);
    }

    public string ConnectionString { get; }

    /// <summary>False when another living host runs the server.</summary>
    public bool OwnsServer => _ownership is not null;

    /// <summary>Returns when it accepts connections and the database exists. Throws <see cref="PrivatePostgresException"/> with a text for the operator.</summary>
    public static async Task<PrivatePostgres> StartAsync(PrivatePostgresOptions options, ILogger logger, TimeProvider clock, CancellationToken ct)
    {
        var installed = await PrivatePostgresBinaries.FindAsync(options.BinaryDirectories, ct);
        using var deadline = new CancellationTokenSource(options.StartDeadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var place = await PrivatePostgresPlace.PrepareAsync(options, either.Token);
            var binaries = PrivatePostgresBinaries.Choose(installed, place.ClusterMajor, place.Root);
            var cluster = new PrivatePostgresCluster(place, binaries, options);
            return await StartAsync(place, cluster, binaries, logger, clock, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new PrivatePostgresException($"PostgreSQL in {options.DataDirectory} was not ready within {options.StartDeadline.TotalSeconds} s", e);
        }
    }

    private static async Task<PrivatePostgres> StartAsync(PrivatePostgresPlace place, PrivatePostgresCluster cluster, PrivatePostgresBinaries binaries, ILogger logger,
        TimeProvider clock, CancellationToken ct)
    {
        var ownership = TryOwn(place);
        try
        {
            var running = ownership is null ? await WaitUntilReadyAsync(place, clock, ct) : await FindRunningAsync(place, clock, ct);
            if (running is null)
            {
                if (place.ClusterMajor is null) await cluster.CreateAsync(ct);
                running = await StartServerAsync(place, cluster, ct);
                LogStarted(logger, binaries, place.Root);
            }
            else if (ownership is null) LogUsing(logger, running.ProcessId, place.Root);
            else LogTakenOver(logger, running.ProcessId, place.Root);
            var connectionString = await ConnectionStringAsync(place, running, ct);
            await CreateDatabaseAsync(connectionString, ct);
            return new PrivatePostgres(place, cluster, ownership, logger, clock, connectionString);
        }
        catch
        {
            if (ownership is not null) await ownership.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets go of the server without stopping it, as the end of a killed host does.</summary>
    internal void Abandon() => _ownership?.Dispose();

    /// <summary>Stops the server when this host owns it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
        if (_ownership is null) return;
        await using (_ownership)
        {
            using var pooled = new NpgsqlConnection(ConnectionString);
            NpgsqlConnection.ClearPool(pooled);
            if (await _cluster.StopAsync(CancellationToken.None)) LogStopped(_logger, _place.Root);
            else LogStoppedAtOnce(_logger, _place.Root);
        }
    }
}
