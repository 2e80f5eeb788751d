using Granary.Activations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Timers;

/// <summary>
/// A grain timer. Between ticks the underlying timer is armed once; the next tick is armed when the callback has finished, so ticks never pile up:
/// armed → queued as a turn → running → armed.
/// </summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Lock _gate = new();
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly ITimer _timer;
    private TimeSpan _period;
    private bool _inTurn;
    private bool _changed;
    private TimeSpan _changedDue;
    private bool _disposed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options, TimeProvider time, ILogger logger)
    {
        _activation = activation;
        _callback = callback;
        _options = options;
        _logger = logger;
        _timer = Unflowed.CreateTimer(time, static state => ((GrainTimer)state!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _period = period;
            _changed = _inTurn;
            _changedDue = dueTime;
            if (!_inTurn) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
        }

        _timer.Dispose();
        _activation.Forget(this);
        _activation.Cancel(_stopped);
    }

    private static void Check(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
    }

    private void OnDue()
    {
        lock (_gate)
        {
            if (_disposed || _inTurn) return;
            _inTurn = true;
        }

        _activation.TryEnqueue(new Tick(this));
    }

    private void Rearm()
    {
        lock (_gate)
        {
            _inTurn = false;
            if (_disposed) return;
            _timer.Change(_changed ? _changedDue : _period, Timeout.InfiniteTimeSpan);
            _changed = false;
        }
    }

    private sealed class Tick(GrainTimer timer) : Turn
    {
        public override bool Interleaves => timer._options.Interleave;

        public override bool KeepsAlive => timer._options.KeepAlive;

        public override bool Bounded => false;

        public override bool MayMove => false;

        /// <summary>The edge where a failed tick is logged; the timer goes on.</summary>
        public override async Task RunAsync(Activation activation)
        {
            if (timer._disposed) return;
            try
            {
                await timer._callback(timer._stopped.Token);
            }
            catch (OperationCanceledException) when (timer._stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                timer._logger.TimerFailed(fault, activation.GrainId);
            }

            timer.Rearm();
        }

        // The activation has ended, and its timers with it.
        public override void Reject(Exception reason) => timer.Dispose();
    }
}
