using System.Data.Common;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Host.Health;

namespace Postmill.Host.Start;

/// <summary>The first step of the start: waits until PostgreSQL answers, then brings its schema up to date. What was registered after it starts after it.</summary>
internal sealed partial class StorageStart(
    NpgsqlDataSource database, PostgresMigrator migrator, Startup startup, StorageSettings settings, TimeProvider clock, ILogger<StorageStart> logger) : IHostedService
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken);
        startup.Enter(StartupPhase.Migrations);
        try
        {
            await migrator.MigrateAsync(cancellationToken);
        }
        catch (PostgresSchemaException e)
        {
            throw new StartException(e.Message, e);
        }
        catch (DbException e)
        {
            throw new StartException($"PostgreSQL went away while its schema was brought up to date: {e.Message}. Of the migration that was interrupted nothing is there; start again.", e);
        }
        startup.Enter(StartupPhase.Cluster);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                LogReached(connection.Host ?? "", connection.Database);
                return;
            }
            catch (DbException e) when (clock.GetElapsedTime(began).TotalSeconds < settings.StartTimeoutSeconds)
            {
                LogAway(e.Message);
            }
            catch (DbException e)
            {
                throw new StartException($"PostgreSQL (ConnectionStrings:Postgres) did not answer within {settings.StartTimeoutSeconds} s: {e.Message}", e);
            }
            await Task.Delay(BetweenTries, clock, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "PostgreSQL answers at {Host}, database {Database}")]
    private partial void LogReached(string host, string database);

    [LoggerMessage(LogLevel.Warning, "PostgreSQL does not answer yet: {Reason}")]
    private partial void LogAway(string reason);
}
