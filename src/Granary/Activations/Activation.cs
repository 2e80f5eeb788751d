using Granary.Calls;
using Granary.Metrics;
using Orleans;
using Orleans.Runtime;

namespace Granary.Activations;

/// <summary>
/// One live instance of a grain: its queue, the rule of one turn at a time, its timers and streams, its beginning and end.
/// Invariant: whenever the gate is free and the state is Valid, the head of the queue may not start yet.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    private readonly Lock _gate = new();
    private readonly Queue<Turn> _waiting = new();
    private readonly ActivationScheduler _scheduler = new();
    private readonly ActivationHost _host;
    private readonly GrainClass _class;
    private ActivationState _state = ActivationState.Activating;
    private DeactivationReason? _ending;
    private bool _drainFirst;
    private int _exclusive;
    private int _readers;
    private int _interleaved;
    private int _polls;
    private long _idleSince;
    private long _keepUntil = long.MinValue;

    public Activation(GrainId id, GrainClass grainClass, ActivationHost host)
    {
        GrainId = id;
        _class = grainClass;
        _host = host;
        _idleSince = host.Time.GetTimestamp();
    }

    public GrainId GrainId { get; }

    public ActivationId ActivationId { get; } = ActivationId.NewId();

    /// <summary>The callers' side; also there when this activation has ended, for what it has left running.</summary>
    public GrainCalls Calls => _host.Calls;

    public IGrainFactory Grains => _host.Grains;

    public GrainReference GrainReference => Calls.Reference(typeof(IAddressable), GrainId);

    private int Running => _exclusive + _readers + _interleaved;

    private bool TakesTurns => _state == ActivationState.Valid && (_ending is null || _drainFirst);

    /// <summary>Queues or starts a turn.</summary>
    /// <returns>False when this activation has gone: the turn belongs to another one.</returns>
    public bool TryEnqueue(Turn turn)
    {
        lock (_gate)
        {
            if (_state == ActivationState.Gone) return false;
            if (MayStartAtOnce(turn))
            {
                Start(turn);
                return true;
            }

            if (!turn.Bounded || _waiting.Count < _host.Messaging.MaxEnqueuedRequestsHardLimit)
            {
                _waiting.Enqueue(turn);
                GranaryMetrics.Queued.Add(1);
                if (_waiting.Count == _host.Messaging.MaxEnqueuedRequestsSoftLimit) _host.Logger.QueueLong(GrainId, _waiting.Count);
                return true;
            }
        }

        GranaryMetrics.Rejected.Add(1);
        turn.Reject(new LimitExceededException($"{GrainId} has {_host.Messaging.MaxEnqueuedRequestsHardLimit} calls queued; this one has had no effect."));
        return true;
    }

    /// <summary>Runs something small of the engine as code of this activation, between turns.</summary>
    public void Post(Func<object, Task> work, object state) => _scheduler.Run(work, state);

    /// <summary>Cancels on the scheduler: what the grain has registered on the token runs as grain code. The edge where its failure is logged.</summary>
    public void Cancel(CancellationTokenSource source) => Post(
        static state =>
        {
            var (activation, source) = ((Activation, CancellationTokenSource))state;
            try
            {
                source.Cancel();
            }
            catch (AggregateException fault)
            {
                activation._host.Logger.CancellationFailed(fault, activation.GrainId);
            }

            return Task.CompletedTask;
        },
        (this, source));

    public bool HasPassed(long timestamp) => _host.Time.GetTimestamp() > timestamp;

    public void DelayDeactivation(TimeSpan span)
    {
        var now = _host.Time.GetTimestamp();
        var ticks = span <= TimeSpan.Zero ? 0 : span.TotalSeconds * _host.Time.TimestampFrequency;
        lock (_gate) _keepUntil = span <= TimeSpan.Zero ? long.MinValue : ticks >= long.MaxValue - now ? long.MaxValue : now + (long)ticks;
    }

    /// <summary>Begins the end if nobody has called for the idle age.</summary>
    public void CollectIfIdle()
    {
        var now = _host.Time.GetTimestamp();
        lock (_gate)
        {
            if (_state != ActivationState.Valid || _ending is not null || Running + _polls + _waiting.Count > 0) return;
            if (_class.IdleAge == Timeout.InfiniteTimeSpan || now < _keepUntil || _host.Time.GetElapsedTime(_idleSince, now) < _class.IdleAge) return;
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"No calls for {_class.IdleAge}."));
    }

    // An interleaving call also runs while the activation waits for a running one to end: that one may be waiting for it.
    private bool MayStartAtOnce(Turn turn) => turn.Interleaves || turn.Reads || _class.Reentrant
        ? _state == ActivationState.Valid && (TakesTurns || Running > 0)
        : TakesTurns && MayStartNext(turn) && (_waiting.Count == 0 || (turn.ReadOnly && _readers > 0));

    private bool MayStartNext(Turn turn) => turn.Interleaves || turn.Reads || _class.Reentrant || (_exclusive == 0 && (turn.ReadOnly || _readers == 0));

    private void Start(Turn turn)
    {
        turn.Slot = turn.Reads ? TurnSlot.Poll
            : turn.Interleaves || _class.Reentrant ? TurnSlot.Interleaved
            : turn.ReadOnly ? TurnSlot.Reader : TurnSlot.Exclusive;
        Count(turn.Slot) += 1;
        Post(static state =>
        {
            var (activation, turn) = ((Activation, Turn))state;
            return activation.RunAsync(turn);
        }, (this, turn));
    }

    private async Task RunAsync(Turn turn)
    {
        CurrentGrain.Activation = this;
        System.Diagnostics.Activity.Current = turn.Activity;
        await turn.RunAsync(this);
        lock (_gate)
        {
            Count(turn.Slot) -= 1;
            if (turn.KeepsAlive) _idleSince = _host.Time.GetTimestamp();
        }

        Advance();
    }

    private ref int Count(TurnSlot slot)
    {
        switch (slot)
        {
            case TurnSlot.Exclusive: return ref _exclusive;
            case TurnSlot.Reader: return ref _readers;
            case TurnSlot.Interleaved: return ref _interleaved;
            case TurnSlot.Poll: return ref _polls;
            default: throw new ArgumentOutOfRangeException(nameof(slot));
        }
    }

    /// <summary>Starts what may start now, or the end if it is time for it.</summary>
    private void Advance()
    {
        lock (_gate)
        {
            while (TakesTurns && _waiting.TryPeek(out var next) && MayStartNext(next))
            {
                _waiting.Dequeue();
                GranaryMetrics.Queued.Add(-1);
                Start(next);
            }

            if (_state != ActivationState.Valid || _ending is null || Running > 0 || (_drainFirst && _waiting.Count > 0)) return;
            _state = ActivationState.Deactivating;
        }

        Post(static state => ((Activation)state).EndAsync(), this);
    }
}
