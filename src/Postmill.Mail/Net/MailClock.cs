namespace Postmill.Mail.Net;

/// <summary>
/// The waiting budget of the step under way (see <see cref="MailTimeouts"/>). Time counts only between <see cref="EnterWait"/> and
/// <see cref="LeaveWait"/>; when the budget is used up <see cref="Token"/> is cancelled, for good: the connection is lost then.
/// </summary>
internal sealed class MailClock : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly int _minBytesPerSecond;
    private readonly CancellationTokenSource _expired = new();
    private readonly ITimer _timer;
    private CancellationTokenRegistration _callerRegistration;
    private CancellationToken _caller;
    private TimeSpan _limit;
    private TimeSpan _budget;
    private long? _totalEnd;
    private long _waitStart;
    private int _waits;
    private TimeSpan _stretched;

    public MailClock(TimeProvider time, MailTimeouts timeouts)
    {
        _time = time;
        _minBytesPerSecond = timeouts.MinBytesPerSecond;
        if (timeouts.Total is { } total) _totalEnd = time.GetTimestamp() + (long)(total.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), _expired, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the budget is used up or the caller cancelled.</summary>
    public CancellationToken Token => _expired.Token;

    /// <summary>Name of the step, for messages.</summary>
    public string Step { get; private set; } = "connect";

    /// <summary>The caller's token of the step under way.</summary>
    public CancellationToken Caller => _caller;

    public void Begin(string step, TimeSpan limit, CancellationToken caller)
    {
        caller.ThrowIfCancellationRequested();
        Step = step;
        _caller = caller;
        lock (_gate) _limit = _budget = limit;
        _callerRegistration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _expired);
    }

    public void End()
    {
        _callerRegistration.Dispose();
        _callerRegistration = default;
        _caller = CancellationToken.None;
    }

    /// <summary>Replaces the limit of the step under way, also while a wait is going on.</summary>
    public void Restart(TimeSpan limit)
    {
        lock (_gate)
        {
            _limit = _budget = limit;
            if (_waits == 0) return;
            _waitStart = _time.GetTimestamp();
            Arm();
        }
    }

    public void Restart(string step, TimeSpan limit)
    {
        Step = step;
        lock (_gate) _stretched = TimeSpan.Zero;
        Restart(limit);
    }

    public void Refill(TimeSpan most)
    {
        lock (_gate)
        {
            if (_waits > 0 || _limit == Timeout.InfiniteTimeSpan || _budget >= _limit) return;
            var missing = _limit - _budget;
            var granted = missing < most - _stretched ? missing : most - _stretched;
            _budget += granted;
            _stretched += granted;
        }
    }

    public void LiftTotal()
    {
        lock (_gate) _totalEnd = null;
    }

    public void EnterWait()
    {
        lock (_gate)
        {
            if (_waits++ > 0) return;
            _waitStart = _time.GetTimestamp();
            Arm();
        }
    }

    public void LeaveWait(int bytes)
    {
        lock (_gate)
        {
            if (--_waits > 0) return;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_limit == Timeout.InfiniteTimeSpan) return;
            var earned = TimeSpan.FromSeconds((double)bytes / _minBytesPerSecond);
            var left = _budget - _time.GetElapsedTime(_waitStart) + earned;
            _budget = left > _limit ? _limit : left;
        }
    }

    public void Dispose()
    {
        End();
        _timer.Dispose();
    }

    private void Arm()
    {
        var wait = _budget;
        if (_totalEnd is { } end)
        {
            var left = _time.GetElapsedTime(_waitStart, end);
            if (wait == Timeout.InfiniteTimeSpan || left < wait) wait = left;
        }
        else if (wait == Timeout.InfiniteTimeSpan)
        {
            return;
        }
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
