using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PrivatePostgres
{
    /// <summary>Where a host's server runs now; null when none does. Starts, makes and takes over nothing.</summary>
    public static async Task<string?> FindAsync(PrivatePostgresOptions options, CancellationToken ct) =>
        PrivatePostgresPlace.Find(options) is { } place && PrivatePostgresPid.Read(place) is { IsReady: true } running && running.IsAlive(place)
            ? await ConnectionStringAsync(place, running, ct)
            : null;

    // Held as long as the process lives, by the system: a killed host owns nothing.
    private static FileStream? TryOwn(PrivatePostgresPlace place)
    {
        try
        {
            return new FileStream(place.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Ours to start: is one running that a killed host left? One that is on its way up or down is waited for.
    private static async Task<PrivatePostgresPid?> FindRunningAsync(PrivatePostgresPlace place, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookAgain, clock);
        while (PrivatePostgresPid.Read(place) is { } found)
        {
            if (!found.IsAlive(place))
            {
                File.Delete(Path.Combine(place.Cluster, "postmaster.pid"));
                return null;
            }
            if (found.IsReady) return found;
            await timer.WaitForNextTickAsync(ct);
        }
        return null;
    }

    // Another host is starting it, or has.
    private static async Task<PrivatePostgresPid> WaitUntilReadyAsync(PrivatePostgresPlace place, TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookAgain, clock);
        while (true)
        {
            if (PrivatePostgresPid.Read(place) is { IsReady: true } found && found.IsAlive(place)) return found;
            await timer.WaitForNextTickAsync(ct);
        }
    }

    private static async Task<PrivatePostgresPid> StartServerAsync(PrivatePostgresPlace place, PrivatePostgresCluster cluster, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await cluster.StartAsync(place.SocketFits ? null : FreePort(), ct);
                return PrivatePostgresPid.Read(place) ?? throw new PrivatePostgresException($"PostgreSQL in {place.Cluster} ended right after its start");
            }
            catch (PrivatePostgresException) when (!place.SocketFits && attempt < StartAttempts)
            {
                // Somebody else may have taken the port in between; another one is tried.
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task<string> ConnectionStringAsync(PrivatePostgresPlace place, PrivatePostgresPid running, CancellationToken ct)
    {
        var onSocket = running.SocketDirectory.Length > 0;
        return new NpgsqlConnectionStringBuilder
        {
            Host = onSocket ? running.SocketDirectory : running.ListenAddress,
            Port = running.Port,
            Username = PrivatePostgresCluster.Role,
            Password = onSocket ? null : (await File.ReadAllTextAsync(place.Password, ct)).Trim(),
            Database = Database,
            MaxPoolSize = 100,
        }.ConnectionString;
    }

    private static async Task CreateDatabaseAsync(string connectionString, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_database WHERE datname = $1", connection);
        exists.Parameters.AddWithValue(Database);
        if (await exists.ExecuteScalarAsync(ct) is > 0L) return;
        try
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // The other host that starts now made it.
        }
    }
}
