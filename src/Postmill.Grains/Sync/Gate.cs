namespace Postmill.Grains.Sync;

/// <summary>
/// A turnstile: so many inside at once, so many entries a second. Those a person waits for go first, the rest in the order in which they came. Nobody polls: who waits is
/// let in by the one that leaves, or by one timer that is set only while the rate alone holds somebody up. As many wait as there are accounts.
/// </summary>
internal sealed class Gate(GateLimits limits, TimeProvider time, SyncMetrics metrics) : IDisposable
{
    private readonly string _name = limits.Name;
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _urgent = new();
    private readonly LinkedList<Waiter> _others = new();
    private double _tokens = limits.Burst;
    private long _countedAt = time.GetTimestamp();
    private GateLimits _limits = limits;
    private int _inside;
    private long? _pausedAt;
    private TimeSpan _pause;
    private ITimer? _timer;

    public int Waiting
    {
        get { lock (_gate) return _urgent.Count + _others.Count; }
    }

    /// <summary>Somebody waits, and a higher rate would help.</summary>
    public bool IsHeldUp
    {
        get
        {
            lock (_gate)
            {
                Count();
                return _urgent.Count + _others.Count > 0 && _limits.PerSecond is not null && _tokens < 1;
            }
        }
    }

    public int Inside
    {
        get { lock (_gate) return _inside; }
    }

    /// <summary>Nobody is inside or waits, and the rate has no memory of anybody: a new gate would be the same.</summary>
    public bool Idle
    {
        get
        {
            lock (_gate)
            {
                Count();
                return _inside == 0 && _urgent.Count + _others.Count == 0 && (_limits.PerSecond is null || _tokens >= _limits.Burst) && PauseLeft() == TimeSpan.Zero;
            }
        }
    }

    /// <summary>Waits for a place; disposing of the answer gives it back.</summary>
    /// <param name="hurry">Once cancelled, a person waits: this one goes before all that nobody waits for.</param>
    /// <param name="cancellationToken">Ends the wait and leaves no trace of it.</param>
    public async Task<IDisposable> EnterAsync(CancellationToken hurry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter();
        lock (_gate)
        {
            (hurry.IsCancellationRequested ? _urgent : _others).AddLast(waiter.Place);
            LetIn();
        }

        if (!waiter.Entered.Task.IsCompleted)
        {
            metrics.Waiting(_name, 1);
            try
            {
                await using var hurried = hurry.UnsafeRegister(_ => Hurry(waiter), null);
                await using var left = cancellationToken.UnsafeRegister(_ => Leave(waiter, cancellationToken), null);
                await waiter.Entered.Task;
            }
            finally
            {
                metrics.Waiting(_name, -1);
            }
        }

        metrics.Inside(_name, 1);
        return new Pass(this);
    }

    /// <summary>Other limits from now on. Who is inside stays there.</summary>
    public void Change(GateLimits limits)
    {
        lock (_gate)
        {
            Count();
            _limits = limits;
            _tokens = Math.Min(_tokens, limits.Burst);
            LetIn();
        }
    }

    /// <summary>Only those go in that a person waits for, for so long, or as long as an earlier pause lasts.</summary>
    public void Pause(TimeSpan pause)
    {
        lock (_gate)
        {
            if (PauseLeft() < pause) (_pausedAt, _pause) = (time.GetTimestamp(), pause);
        }
    }

    public void Dispose()
    {
        lock (_gate) _timer?.Dispose();
    }

    private void Hurry(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Place.List != _others) return;
            _others.Remove(waiter.Place);
            _urgent.AddLast(waiter.Place);
            LetIn(); // a pause held up only the others
        }
    }

    private void Leave(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Let in at the same moment: then the one that entered sees the cancellation and gives the place back.
            if (waiter.Place.List is not { } queue) return;
            queue.Remove(waiter.Place);
            waiter.Entered.SetCanceled(cancellationToken);
        }
    }

    private void GoOut()
    {
        metrics.Inside(_name, -1);
        lock (_gate)
        {
            _inside--;
            LetIn();
        }
    }

    private void LetIn()
    {
        Count();
        var pause = PauseLeft();
        while (_inside < _limits.AtOnce && (_urgent.First ?? _others.First) is { } next)
        {
            if (pause > TimeSpan.Zero && _urgent.First is null)
            {
                WakeAfter(pause.TotalSeconds);
                return;
            }

            if (_limits.PerSecond is { } rate)
            {
                if (_tokens < 1)
                {
                    if (rate > 0) WakeAfter((1 - _tokens) / rate); // else not before other limits are given
                    return;
                }

                _tokens--;
            }

            next.List!.Remove(next);
            _inside++;
            next.Value.Entered.SetResult();
        }
    }

    /// <summary>Whole milliseconds, as timers count: rounded down, it would wake too early and once more for nothing.</summary>
    private void WakeAfter(double seconds)
    {
        var after = TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1_000));
        _timer ??= time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan PauseLeft() => _pausedAt is { } at && _pause - time.GetElapsedTime(at) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private void Tick()
    {
        lock (_gate) LetIn();
    }

    private void Count()
    {
        if (_limits.PerSecond is not { } rate) return;
        var now = time.GetTimestamp();
        _tokens = Math.Min(_limits.Burst, _tokens + (time.GetElapsedTime(_countedAt, now).TotalSeconds * rate));
        _countedAt = now;
    }

    private sealed class Waiter
    {
        public Waiter() => Place = new LinkedListNode<Waiter>(this);

        public LinkedListNode<Waiter> Place { get; }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Pass(Gate gate) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0) gate.GoOut();
        }
    }
}
