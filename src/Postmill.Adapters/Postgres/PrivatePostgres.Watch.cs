using Npgsql;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PrivatePostgres
{
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(1);

    // The owner stops the server when it ends, or leaves it behind when it is killed; either way it is ours then, at the same address.
    private async Task WatchOwnerAsync(TimeProvider clock, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(WatchPeriod, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                if (TryOwn(_place) is not { } ownership) continue;
                if (await TakeOverAsync(clock, ct))
                {
                    _ownership = ownership;
                    return;
                }
                await ownership.DisposeAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // This host ends while another owns the server.
        }
    }

    private async Task<bool> TakeOverAsync(TimeProvider clock, CancellationToken ct)
    {
        try
        {
            var running = await FindRunningAsync(_place, clock, ct);
            if (running is null)
            {
                var port = new NpgsqlConnectionStringBuilder(ConnectionString).Port;
                await _cluster.StartAsync(_place.SocketFits ? null : port, ct);
            }
            LogInherited(_logger, _place.Root);
            return true;
        }
        catch (PrivatePostgresException e)
        {
            LogNotInherited(_logger, _place.Root, e);
            return false;
        }
    }
}
