using Granary.Calls;

namespace Granary.Streams;

/// <summary>
/// A stream of <typeparamref name="T"/>. The producer moves only when it is read from, and at most one item ahead of what was answered: that is the backpressure.
/// Runs on the activation's scheduler.
/// </summary>
internal sealed class Enumeration<T> : Enumeration
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GrainMethod _method;
    private readonly EnumerationSettings _settings;
    private readonly IAsyncEnumerator<T> _producer;
    private Task<bool>? _moving;
    private bool _reading;
    private long _lastRead;

    public Enumeration(GrainCall call, object grain, EnumerationSettings settings)
    {
        _method = call.Method;
        _settings = settings;
        _lastRead = settings.Time.GetTimestamp();
        if (_method.CancellationIndex >= 0) call.Arguments[_method.CancellationIndex] = _stop.Token;
        _producer = ((IAsyncEnumerable<T>)_method.Invoke(grain, call.Arguments)!).GetAsyncEnumerator(_stop.Token);
    }

    public override TimeSpan IdleTime => _reading ? TimeSpan.Zero : _settings.Time.GetElapsedTime(_lastRead);

    public override async Task<EnumerationBatch> ReadAsync()
    {
        if (_reading) throw new InvalidOperationException("A stream is read by one reader at a time.");
        _reading = true;
        try
        {
            _moving ??= _producer.MoveNextAsync().AsTask();
            if (!_moving.IsCompleted) await WaitAsync(_moving);
            if (_aborted.Task.IsCompleted) return EnumerationBatch.Aborted;
            return _moving.IsCompleted ? await TakeAsync() : EnumerationBatch.NothingYet;
        }
        finally
        {
            _reading = false;
            _lastRead = _settings.Time.GetTimestamp();
        }
    }

    public override void Abort()
    {
        _aborted.TrySetResult();
        _stop.Cancel();
    }

    public override async ValueTask DisposeAsync()
    {
        Abort();
        if (_moving is not null) await ((Task)_moving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await _producer.DisposeAsync();
    }

    private async Task WaitAsync(Task moving)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(moving, _aborted.Task, Task.Delay(_settings.PollTime, _settings.Time, enough.Token));
        await enough.CancelAsync();
    }

    /// <summary>The edge where what the producer throws becomes the end of its stream, after the items before it.</summary>
    private async Task<EnumerationBatch> TakeAsync()
    {
        var items = new List<object?>();
        try
        {
            do
            {
                var more = await _moving!;
                _moving = null;
                if (!more) return new EnumerationBatch(EnumerationStatus.Completed, [.. items]);
                items.Add(_method.IsolateResult(_producer.Current));
                if (items.Count == _settings.BatchSize) break;
                _moving = _producer.MoveNextAsync().AsTask();
            }
            while (_moving.IsCompleted);
        }
        catch (Exception fault)
        {
            _moving = null;
            return new EnumerationBatch(EnumerationStatus.Failed, [.. items], fault);
        }

        return new EnumerationBatch(EnumerationStatus.Going, [.. items]);
    }
}
