using System.Collections.Concurrent;
using Granary.Calls;
using Granary.Cluster;
using Granary.Metrics;
using Granary.Streams;
using Granary.Timers;
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
    private readonly SiloIdentity _identity;
    private readonly Lazy<IPlacement> _placement;
    private volatile Admission _admission = Admission.Open;
    private volatile bool _suspended;

    public ActivationDirectory(
        GrainManifest manifest,
        IServiceProvider services,
        SiloIdentity identity,
        TimeProvider time,
        IOptions<GrainCollectionOptions> collection,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GranaryOptions> options,
        ILogger<ActivationDirectory> logger)
    {
        _manifest = manifest;
        _identity = identity;
        // Not at once: the placement follows the view, whose keeper closes and opens this directory.
        _placement = new Lazy<IPlacement>(services.GetRequiredService<IPlacement>);
        _host = new ActivationHost(
            this,
            services.GetRequiredService<IServiceScopeFactory>(),
            new Lazy<GrainCalls>(services.GetRequiredService<GrainCalls>),
            new Lazy<IGrainFactory>(services.GetRequiredService<IGrainFactory>),
            time,
            logger,
            collection.Value,
            messaging.Value,
            options.Value);
        _collector = Unflowed.CreateTimer(time, static state => ((ActivationDirectory)state!).CollectIdle(), this, collection.Value.CollectionQuantum, collection.Value.CollectionQuantum);
    }

    public int Count => _activations.Count;

    public bool Has(GrainId grain) => _activations.ContainsKey(grain);

    private Admission Admission => _suspended || !_identity.MayWork ? Admission.Closed : _admission;

    /// <summary>Refuses everything: there is no lease to work under.</summary>
    public void Suspend() => _suspended = true;

    /// <summary>Takes calls again, unless the silo is stopping.</summary>
    public void Resume() => _suspended = false;

    /// <summary>Takes only calls of grains from now on, so that what has begun can finish.</summary>
    public void RefuseOutside() => _admission = Admission.GrainsOnly;

    /// <summary>Refuses everything from now on.</summary>
    public void Close() => _admission = Admission.Closed;

    public Task<object?> SendAsync(GrainCall call)
    {
        var admission = Admission;
        if (admission == Admission.Closed || (admission == Admission.GrainsOnly && !call.FromGrain))
        {
            GranaryMetrics.Rejected.Add(1);
            return Task.FromException<object?>(Leaving($"{call} has had no effect."));
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
            // Activations that begin while others end are waited for too, but not for ever.
            var ending = _activations.Values.ToArray();
            foreach (var activation in ending) activation.Deactivate(reason, drainFirst);
            var all = Task.WhenAll(ending.Select(a => a.Deactivated));
            if (left > TimeSpan.Zero) await all.WaitAsync(left, _host.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (all.IsCompleted && left > TimeSpan.Zero) continue;
            foreach (var activation in ending) activation.Abandon($"it did not end within {limit}");
            return;
        }
    }

    /// <summary>Begins the end of activations whose grains belong to another silo.</summary>
    /// <returns>How many; at most <paramref name="limit"/>.</returns>
    public int EndForeign(int limit)
    {
        var ended = 0;
        foreach (var (id, activation) in _activations)
        {
            if (_placement.Value.Elsewhere(id) is not { } owner) continue;
            var reason = new DeactivationReason(DeactivationReasonCode.RuntimeRequested, $"The grain belongs to the silo at {owner.Address} now.");
            if (activation.Deactivate(reason, drainFirst: false) && ++ended == limit) break;
        }

        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync().ConfigureAwait(false);
        Close();
        await EndAllAsync(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The host is disposed."), drainFirst: false, _host.Options.DrainTimeout).ConfigureAwait(false);
    }

    private Exception? Refusal(GrainId id, out GrainClass? grainClass)
    {
        grainClass = _manifest.Find(id.Type);
        if (Admission == Admission.Closed) return Leaving($"{id} was not activated.");
        if (_placement.Value.Elsewhere(id) is { } owner) return new NotHereException($"{id} belongs to the silo at {owner.Address}.", owner.Address);
        if (!_placement.Value.RunsGrains) return new NotHereException($"This silo is a {SiloRoles.Front}, and by its view no silo of the cluster runs grains.", null);
        return grainClass is null ? new ArgumentException($"Could not find an implementation for grain type {id.Type}.") : null;
    }

    private SiloUnavailableException Leaving(string effect)
    {
        var message = $"The silo takes no calls: it is stopping or has no lease. {effect}";
        return _placement.Value.IsShared ? new NotHereException(message, null) : new SiloUnavailableException(message);
    }

    private void CollectIdle()
    {
        foreach (var (_, activation) in _activations) activation.CollectIfIdle();
    }
}
