using Granary.Activations;
using Granary.Drain;
using Granary.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Granary.Cluster;

/// <summary>
/// Keeps this silo's lease: joining → holding → (cannot renew: stops working, before the lease ends) → joining, until it is released.
/// The time left is measured from before a renewal was sent, so that it is never longer than what the database gave.
/// </summary>
internal sealed class SiloMembership(
    ISiloTable table,
    SiloIdentity identity,
    ActivationDirectory directory,
    TimeProvider time,
    IOptions<LeaseOptions> lease,
    IOptions<GranaryOptions> options,
    ISiloDrain drain,
    ILogger<SiloMembership> logger) : IHostedLifecycleService, ISiloWatch, IDisposable
{
    /// <summary>Looks that are asked for within this time are one.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _leaving = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _asked = NewSignal();
    private TaskCompletionSource _looked = NewSignal();
    private volatile IReadOnlyList<SiloMember> _active = [];
    private Task _keeping = Task.CompletedTask;
    private long _sent;

    public IReadOnlyList<SiloMember> Active => identity.MayWork ? _active : [];

    public Task LookAgainAsync()
    {
        lock (_gate)
        {
            _asked.TrySetResult();
            return _looked.Task;
        }
    }

    // Before anything listens: nothing runs here without a lease.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        directory.Suspend();
        identity.End();
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(lease.Value.JoinWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await JoinAsync(null, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TimeoutException($"The silo got no lease within {lease.Value.JoinWithin}; the warnings before this say why.");
        }

        drain.Register(SiloDrainStage.Readiness, "silo takes no new grains", DrainAsync);
        drain.Register(SiloDrainStage.Lease, "silo lease", LeaveAsync);
        _keeping = KeepAsync(_leaving.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => LeaveAsync(cancellationToken);

    public void Dispose() => _leaving.Dispose();

    private long WorkUntil(long sent) => sent + (long)((lease.Value.Duration - lease.Value.StopBefore).TotalSeconds * time.TimestampFrequency);

    // One incarnation for all attempts: one whose answer was lost may have registered it.
    private async Task JoinAsync(Guid? previous, CancellationToken token)
    {
        var silo = new SiloMember(Guid.NewGuid(), identity.Address, identity.Name, options.Value.Version, options.Value.Role);
        var told = false;
        while (true)
        {
            var sent = time.GetTimestamp();
            var (answered, registered) = await AttemptAsync(t => table.RegisterAsync(silo, previous, t), lease.Value.RenewEvery, token).ConfigureAwait(false);
            if (registered)
            {
                _sent = sent;
                identity.Begin(silo.Incarnation, WorkUntil(sent));
                logger.Joined(identity.Address, silo.Incarnation);
                await RenewAsync(lease.Value.RenewEvery, token).ConfigureAwait(false);
                directory.Resume();
                return;
            }

            if (answered && !told) logger.AddressTaken(identity.Address);
            told |= answered;
            await Task.Delay(lease.Value.RetryAfter, time, token).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(CancellationToken leaving)
    {
        try
        {
            while (true)
            {
                await HoldAsync(leaving).ConfigureAwait(false);
                logger.Lost(identity.Current.Id);
                GranaryMetrics.LeasesLost.Add(1);
                directory.Suspend();
                identity.End();
                var reason = new DeactivationReason(DeactivationReasonCode.RuntimeRequested, "The silo has lost its lease.");
                await directory.EndAllAsync(reason, drainFirst: false, lease.Value.StopBefore).ConfigureAwait(false);
                await JoinAsync(identity.Current.Id, leaving).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            logger.Leaving(identity.Current.Id);
        }
    }

    /// <summary>Renews until the lease is gone, or its end is too near to go on.</summary>
    private async Task HoldAsync(CancellationToken leaving)
    {
        var next = lease.Value.RenewEvery;
        while (true)
        {
            var left = time.GetElapsedTime(time.GetTimestamp(), WorkUntil(_sent));
            if (left <= TimeSpan.Zero) return;
            await WaitAsync(next < left ? next : left, leaving).ConfigureAwait(false);
            left = time.GetElapsedTime(time.GetTimestamp(), WorkUntil(_sent));
            if (left <= TimeSpan.Zero) return;
            var limit = left < lease.Value.RenewEvery ? left : lease.Value.RenewEvery;
            next = await RenewAsync(limit, leaving).ConfigureAwait(false) ? NextLook() : lease.Value.RetryAfter;
            if (!identity.MayWork) return;
        }
    }

    /// <summary>The next renewal; sooner when a silo that does not renew is about to be dead: the others stop calling it when its lease ends, not at their next renewal.</summary>
    private TimeSpan NextLook() => table.FirstEnd + Gather is { } end && end < lease.Value.RenewEvery ? end : lease.Value.RenewEvery;

    private async Task<bool> RenewAsync(TimeSpan limit, CancellationToken token)
    {
        // Who asks from now on gets the look after this one.
        TaskCompletionSource looked;
        lock (_gate)
        {
            if (_asked.Task.IsCompleted) _asked = NewSignal();
            (looked, _looked) = (_looked, NewSignal());
        }

        var sent = time.GetTimestamp();
        var (answered, living) = await AttemptAsync(t => table.RenewAsync(identity.Current.Id, t), limit, token).ConfigureAwait(false);
        if (answered) See(living, sent);
        looked.TrySetResult();
        return answered && living is not null;
    }

    private void See(IReadOnlyList<SiloMember>? living, long sent)
    {
        if (living is null)
        {
            logger.Superseded(identity.Current.Id);
            identity.End();
            return;
        }

        _sent = sent;
        identity.Extend(WorkUntil(sent));
        // The same list for the same silos: a change is seen by comparing references.
        if (!_active.SequenceEqual(living)) _active = living;
    }

    /// <summary>Waits for the time of the next renewal, or for somebody who doubts the view.</summary>
    private async Task WaitAsync(TimeSpan span, CancellationToken leaving)
    {
        Task asked;
        lock (_gate) asked = _asked.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        await Task.WhenAny(Task.Delay(span, time, enough.Token), asked).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        leaving.ThrowIfCancellationRequested();
        if (asked.IsCompleted) await Task.Delay(span < Gather ? span : Gather, time, leaving).ConfigureAwait(false);
    }

    private async Task DrainAsync(CancellationToken token)
    {
        await table.MarkDrainingAsync(identity.Current.Id, token).ConfigureAwait(false);
        _ = LookAgainAsync();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The edge where a failing database becomes another attempt. What an attempt does after its time is up has no effect here.</summary>
    private async Task<(bool Answered, T? Answer)> AttemptAsync<T>(Func<CancellationToken, Task<T>> action, TimeSpan limit, CancellationToken token)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, token);
        try
        {
            // The driver may not heed the token while it connects; the time is up all the same.
            return (true, await action(either.Token).WaitAsync(either.Token).ConfigureAwait(false));
        }
        catch (Exception fault) when (!token.IsCancellationRequested)
        {
            logger.AttemptFailed(fault);
            GranaryMetrics.RenewalsFailed.Add(1);
            return (false, default);
        }
    }

    private async Task LeaveAsync(CancellationToken token)
    {
        await _leaving.CancelAsync().ConfigureAwait(false);
        await _keeping.WaitAsync(token).ConfigureAwait(false);
        if (!identity.MayWork) return;
        identity.End();
        await table.ReleaseAsync(identity.Current.Id, token).ConfigureAwait(false);
        logger.Released(identity.Current.Id);
    }
}
