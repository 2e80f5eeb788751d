using System.Collections.Concurrent;
using Granary.Calls;
using Granary.Metrics;
using Granary.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Activations;

/// <summary>The activations of this silo: at most one per grain at any moment. Runs every call here.</summary>
internal sealed class ActivationDirectory : ICallRouter, IAsyncDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly GrainManifest _manifest;
    private readonly ActivationHost _host;
    private readonly ITimer _collector;
    private volatile Admission _admission = Admission.Open;

    public ActivationDirectory(
        GrainManifest manifest,
        IServiceProvider services,
        TimeProvider time,
        IOptions<GrainCollectionOptions> collection,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GranaryOptions> options,
        ILogger<ActivationDirectory> logger)
    {
        _manifest = manifest;
        _host = new ActivationHost(
            this,
            services.GetRequiredService<IServiceScopeFactory>(),
            new Lazy<GrainCalls>(services.GetRequiredService<GrainCalls>),
            time,
            logger,
            collection.Value,
            messaging.Value,
            options.Value);
        using var suppressed = ExecutionContext.SuppressFlow();
        _collector = time.CreateTimer(static state => ((ActivationDirectory)state!).CollectIdle(), this, collection.Value.CollectionQuantum, collection.Value.CollectionQuantum);
    }

    public int Count => _activations.Count;

    public Admission Admission
    {
        get => _admission;
        set => _admission = value;
    }

    public Task<object?> SendAsync(GrainCall call)
    {
        if (_admission == Admission.Closed || (_admission == Admission.GrainsOnly && !call.FromGrain))
        {
            GranaryMetrics.Rejected.Add(1);
            return Task.FromException<object?>(new SiloUnavailableException($"The silo is stopping; {call} has had no effect."));
        }

        if (call.Kind == GrainCallKind.Invoke)
        {
            var turn = new CallTurn(call, _host.Messaging.DropExpiredMessages);
            Deliver(call.Target, turn);
            return turn.Response;
        }

        // Only the start of a stream wakes a grain: the rest concerns an activation that must still be there.
        var read = new EnumerationTurn(call);
        if (call.Kind == GrainCallKind.StartEnumeration) Deliver(call.Target, read);
        else if (!_activations.TryGetValue(call.Target, out var activation) || !activation.TryEnqueue(read)) return Task.FromResult<object?>(EnumerationBatch.Missing);
        return read.Response;
    }

    /// <summary>Gives the turn to the grain's activation, making one if there is none.</summary>
    public void Deliver(GrainId id, Turn turn)
    {
        while (true)
        {
            if (_activations.TryGetValue(id, out var activation))
            {
                if (activation.TryEnqueue(turn)) return;
                Remove(activation);
                continue;
            }

            if (Refusal(id, out var grainClass) is { } refusal)
            {
                GranaryMetrics.Rejected.Add(1);
                turn.Reject(refusal);
                return;
            }

            activation = new Activation(id, grainClass!, _host);
            if (_activations.TryAdd(id, activation)) activation.Begin();
        }
    }

    public void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    /// <summary>Lets queued turns run and ends every activation, for at most <paramref name="limit"/>; then gives up on the rest.</summary>
    public async Task EndAllAsync(DeactivationReason reason, bool drainFirst, TimeSpan limit)
    {
        var started = _host.Time.GetTimestamp();
        while (!_activations.IsEmpty)
        {
            var left = limit - _host.Time.GetElapsedTime(started);
            var ending = _activations.Values.ToArray();
            foreach (var activation in ending) activation.Deactivate(reason, drainFirst);
            var all = Task.WhenAll(ending.Select(a => a.Deactivated));
            if (left > TimeSpan.Zero) await all.WaitAsync(left, _host.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (all.IsCompleted) continue;
            foreach (var activation in ending) activation.Abandon($"it did not end within {limit}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync().ConfigureAwait(false);
        _admission = Admission.Closed;
        await EndAllAsync(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The host is disposed."), drainFirst: false, _host.Options.DrainTimeout).ConfigureAwait(false);
    }

    private Exception? Refusal(GrainId id, out GrainClass? grainClass)
    {
        grainClass = _manifest.Find(id.Type);
        if (_admission == Admission.Closed) return new SiloUnavailableException($"The silo is stopping; {id} was not activated.");
        return grainClass is null ? new ArgumentException($"Could not find an implementation for grain type {id.Type}.") : null;
    }

    private void CollectIdle()
    {
        foreach (var (_, activation) in _activations) activation.CollectIfIdle();
    }
}
