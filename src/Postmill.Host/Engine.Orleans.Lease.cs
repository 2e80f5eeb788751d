using System.Net;
using Granary.Cluster;
using Microsoft.Extensions.Options;
using Npgsql;
using Postmill.Grains.Accounts;
using Postmill.Host.Start;

namespace Postmill.Host;

/// <summary>
/// The silo's row and its lease, where Orleans and not Granary runs the grains: account rows are owned by an incarnation whose lease runs by the database's clock.
/// A process is one incarnation: one that cannot renew ends before its lease does, and its supervisor starts another.
/// </summary>
internal sealed partial class SiloLease : IHostedService, ISiloIncarnation, IDisposable
{
    private readonly ISiloTable _table;
    private readonly LeaseOptions _lease;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _clock;
    private readonly ILogger<SiloLease> _logger;
    private readonly SiloMember _silo;
    private readonly CancellationTokenSource _leaving = new();
    private Task _keeping = Task.CompletedTask;

    public SiloLease(
        ISiloTable table, IOptions<LeaseOptions> lease, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<SiloLease> logger, ClusterSettings settings, IPAddress advertised)
    {
        _table = table;
        _lease = lease.Value;
        _lifetime = lifetime;
        _clock = clock;
        _logger = logger;
        var name = settings.SiloName.Length > 0 ? settings.SiloName : Environment.MachineName;
        var version = typeof(SiloLease).Assembly.GetName().Version?.ToString() ?? "0";
        _silo = new SiloMember(Current, new IPEndPoint(advertised, settings.Port).ToString(), name, version, settings.Role.ToString().ToLowerInvariant());
    }

    public Guid Current { get; } = Guid.NewGuid();

    /// <exception cref="StartException">Another living silo has the address, or the database gives no lease.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var sent = _clock.GetTimestamp();
        if (!await _table.RegisterAsync(_silo, null, cancellationToken))
            throw new StartException($"Another living silo has the address {_silo.Address}; set Postmill:Cluster:AdvertisedAddress or Port.");
        _keeping = KeepAsync(sent);
    }

    /// <summary>Says that this silo takes no more work but still owns what it has.</summary>
    public Task DrainAsync() => _table.MarkDrainingAsync(Current, _leaving.Token);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync();
        await _keeping.WaitAsync(cancellationToken);
        await _table.ReleaseAsync(Current, cancellationToken);
    }

    public void Dispose() => _leaving.Dispose();

    /// <summary>The time left counts from before a renewal was sent, so that it is never longer than what the database gave.</summary>
    private async Task KeepAsync(long sent)
    {
        try
        {
            var wait = _lease.RenewEvery;
            while (_clock.GetElapsedTime(sent) < _lease.Duration - _lease.StopBefore)
            {
                await Task.Delay(wait, _clock, _leaving.Token);
                var asked = _clock.GetTimestamp();
                var renewed = await RenewAsync();
                if (renewed == false) break;
                wait = renewed is null ? _lease.RetryAfter : _lease.RenewEvery;
                if (renewed is not null) sent = asked;
            }

            LogLost(Current);
            Environment.ExitCode = 1;
            _lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>False: the lease is gone. Null: nobody knows, the database did not answer.</summary>
    private async Task<bool?> RenewAsync()
    {
        using var limit = new CancellationTokenSource(_lease.RenewEvery, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _leaving.Token);
        try
        {
            return await _table.RenewAsync(Current, either.Token).WaitAsync(either.Token) is not null;
        }
        catch (NpgsqlException fault)
        {
            LogNotRenewed(fault);
            return null;
        }
        catch (OperationCanceledException fault) when (limit.IsCancellationRequested)
        {
            LogNotRenewed(fault);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo's lease could not be renewed; it is tried again")]
    private partial void LogNotRenewed(Exception fault);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo {Incarnation} has lost its lease or cannot renew it in time: the process ends, others take its accounts")]
    private partial void LogLost(Guid incarnation);
}
