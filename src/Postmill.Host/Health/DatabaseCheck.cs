using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Postmill.Host.Health;

/// <summary>Whether PostgreSQL answers. One question a second at most, however often the open route is asked.</summary>
internal sealed class DatabaseCheck(IServiceProvider services, Startup startup, TimeProvider clock) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private HealthCheckResult _last;
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Before the start got that far there may not even be an address.
        if (startup.Phase <= StartupPhase.Migrations) return HealthCheckResult.Unhealthy("unavailable");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (clock.GetUtcNow() < _until) return _last;
            _last = await AskAsync(cancellationToken);
            _until = clock.GetUtcNow() + Fresh;
            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<HealthCheckResult> AskAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(either.Token);
            return HealthCheckResult.Healthy("ok");
        }
        catch (DbException)
        {
            return HealthCheckResult.Unhealthy("unavailable");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("unavailable");
        }
    }

    public void Dispose() => _turn.Dispose();
}
