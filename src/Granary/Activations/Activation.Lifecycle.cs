using System.Runtime.ExceptionServices;
using Granary.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;

namespace Granary.Activations;

/// <summary>Beginning and end.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AsyncServiceScope? _scope;
    private IGrainBase? _instance;

    public object? GrainInstance => _instance;

    public IServiceProvider ActivationServices => _scope?.ServiceProvider ?? throw new InvalidOperationException($"{GrainId} has no services any more.");

    public Task Deactivated => _gone.Task;

    public void Begin()
    {
        GranaryMetrics.Activations.Add(1);
        Post(static state => ((Activation)state).BeginAsync(), this);
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => Deactivate(deactivationReason, drainFirst: false);

    /// <summary>Begins the end when the running turns have completed; with <paramref name="drainFirst"/>, the queued ones too.</summary>
    /// <returns>False when it had begun before.</returns>
    public bool Deactivate(DeactivationReason reason, bool drainFirst)
    {
        lock (_gate)
        {
            if (_ending is not null || _state is ActivationState.Deactivating or ActivationState.Gone) return false;
            _ending = reason;
            _drainFirst = drainFirst;
        }

        // When the silo itself ends, a long tick must not hold it up; otherwise a tick that asks for the end finishes in peace.
        if (reason.ReasonCode is DeactivationReasonCode.ShuttingDown or DeactivationReasonCode.RuntimeRequested) StopTimers();
        Advance();
        return true;
    }

    /// <summary>Gives up on turns that do not end: nothing is delivered here any more. What still runs is fenced by whoever owns the data.</summary>
    public void Abandon(string why)
    {
        lock (_gate)
        {
            if (_state == ActivationState.Gone) return;
        }

        _host.Logger.Abandoned(GrainId, why);
        StopTimers();
        Post(static state => ((Activation)state).EndStreamsAsync().AsTask(), this);
        Leave(new SiloUnavailableException($"{GrainId} was given up: {why}"));
    }

    /// <summary>The edge where a failed beginning becomes the outcome of the calls that wait for it.</summary>
    private async Task BeginAsync()
    {
        CurrentGrain.Activation = this;
        using var timeout = new CancellationTokenSource(_host.Collection.ActivationTimeout, _host.Time);
        try
        {
            _scope = _host.Scopes.CreateAsyncScope();
            _instance = _class.Create(ActivationServices);
            await _instance.OnActivateAsync(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception fault)
        {
            if (fault is OperationCanceledException && timeout.IsCancellationRequested)
                fault = new TimeoutException($"{GrainId} was not activated within {_host.Collection.ActivationTimeout}.", fault);
            _host.Logger.ActivationFailed(fault, GrainId);
            StopTimers();
            await DisposeInstanceAsync();
            Leave(fault);
            return;
        }

        lock (_gate)
        {
            _idleSince = _host.Time.GetTimestamp();
            _state = ActivationState.Valid;
            StartInterleaving();
        }

        Advance();
    }

    // Calls that came before the beginning was over are all queued; those that need not wait for each other start first.
    private void StartInterleaving()
    {
        for (var left = _waiting.Count; left > 0; left--)
        {
            var turn = _waiting.Dequeue();
            if (!MayStartAtOnce(turn) || !(turn.Interleaves || turn.Reads))
            {
                _waiting.Enqueue(turn);
                continue;
            }

            GranaryMetrics.Queued.Add(-1);
            Start(turn);
        }
    }

    /// <summary>The edge where a failed end is logged; the activation goes all the same.</summary>
    private async Task EndAsync()
    {
        CurrentGrain.Activation = this;
        var reason = _ending!.Value;
        StopTimers();
        await EndStreamsAsync();
        using var timeout = new CancellationTokenSource(_host.Collection.DeactivationTimeout, _host.Time);
        try
        {
            await _instance!.OnDeactivateAsync(reason, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception fault)
        {
            _host.Logger.DeactivationFailed(fault, GrainId, reason.ReasonCode);
        }

        // A timer registered while ending would outlive the activation.
        StopTimers();
        await DisposeInstanceAsync();
        Leave(null);
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            if (_instance is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else if (_instance is IDisposable disposable) disposable.Dispose();
            if (_scope is { } scope) await scope.DisposeAsync();
        }
        catch (Exception fault)
        {
            _host.Logger.DisposeFailed(fault, GrainId);
        }
    }

    /// <summary>Out of the directory; what still waits is refused with <paramref name="refusal"/>, or handed to the next activation.</summary>
    private void Leave(Exception? refusal)
    {
        Turn[] waiting;
        lock (_gate)
        {
            if (_state == ActivationState.Gone) return;
            _state = ActivationState.Gone;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        _host.Directory.Remove(this);
        GranaryMetrics.Activations.Add(-1);
        GranaryMetrics.Queued.Add(-waiting.Length);
        _gone.TrySetResult();
        foreach (var turn in waiting)
        {
            if (refusal is not null) turn.Reject(refusal);
            else if (!turn.MayMove) turn.Reject(new EnumerationAbortedException($"{GrainId} has ended."));
            else if (turn.Forwards++ < _host.Messaging.MaxForwardCount) _host.Directory.Deliver(GrainId, turn);
            else turn.Reject(new OrleansMessageRejectionException($"{GrainId} ended {turn.Forwards} times before this call could begin."));
        }
    }
}
