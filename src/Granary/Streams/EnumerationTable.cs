using Granary.Activations;
using Granary.Calls;
using Granary.Metrics;
using Granary.Timers;
using Orleans.Runtime;

namespace Granary.Streams;

/// <summary>The streams an activation serves. Touched only on its scheduler.</summary>
internal sealed class EnumerationTable : IAsyncDisposable
{
    private readonly Dictionary<Guid, Enumeration> _running = [];
    private readonly Activation _activation;
    private readonly ActivationHost _host;
    private readonly EnumerationSettings _settings;
    private readonly ITimer _reclaimer;
    private bool _disposed;

    public EnumerationTable(Activation activation, ActivationHost host)
    {
        _activation = activation;
        _host = host;
        _settings = new EnumerationSettings(host.Options.EnumerationBatchSize, host.Options.EnumerationPollTime, host.Time);
        var period = host.Options.EnumerationIdleTimeout / 2;
        _reclaimer = Unflowed.CreateTimer(host.Time, static state => ((EnumerationTable)state!).PostReclaim(), this, period, period);
    }

    public async Task<EnumerationBatch> StartAsync(GrainCall call)
    {
        if (_disposed) return EnumerationBatch.Aborted;
        if (_running.Count >= _host.Options.MaxEnumerationsPerActivation)
            throw new LimitExceededException($"{_activation.GrainId} serves {_running.Count} streams; this one was not started.");
        var stream = call.Method.Returns.Enumerate(call, _activation.GrainInstance!, _settings);
        _running.Add(call.EnumerationId, stream);
        GranaryMetrics.Enumerations.Add(1);
        return await ReadAsync(call.EnumerationId, stream);
    }

    public async Task<EnumerationBatch> NextAsync(Guid id) =>
        _running.TryGetValue(id, out var stream) ? await ReadAsync(id, stream) : EnumerationBatch.Missing;

    public async Task<EnumerationBatch> EndAsync(Guid id)
    {
        if (!_running.Remove(id, out var stream)) return EnumerationBatch.Missing;
        await EndAsync(stream);
        return EnumerationBatch.Aborted;
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _reclaimer.DisposeAsync();
        var streams = _running.Values.ToArray();
        _running.Clear();
        foreach (var stream in streams) stream.Abort();
        foreach (var stream in streams) await EndAsync(stream);
    }

    private async Task<EnumerationBatch> ReadAsync(Guid id, Enumeration stream)
    {
        var batch = await stream.ReadAsync();
        if (batch.Status != EnumerationStatus.Going && _running.Remove(id)) await EndAsync(stream);
        return batch;
    }

    private void PostReclaim() => _activation.Post(static state => ((EnumerationTable)state).ReclaimAsync(), this);

    private async Task ReclaimAsync()
    {
        foreach (var (id, stream) in _running.Where(s => s.Value.IdleTime > _host.Options.EnumerationIdleTimeout).ToArray())
        {
            _running.Remove(id);
            _host.Logger.StreamIdle(_activation.GrainId);
            await EndAsync(stream);
        }
    }

    /// <summary>The edge where a producer's failure to end is logged. A producer that does not heed its token is left behind.</summary>
    private async Task EndAsync(Enumeration stream)
    {
        GranaryMetrics.Enumerations.Add(-1);
        try
        {
            await stream.DisposeAsync().AsTask().WaitAsync(_settings.PollTime, _settings.Time);
        }
        catch (Exception fault)
        {
            _host.Logger.StreamEndFailed(fault, _activation.GrainId);
        }
    }
}
