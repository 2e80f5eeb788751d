using System.Collections.Concurrent;
using Granary.Cluster;

namespace Engine.Tests;

/// <summary>The leases of several silos in one process. A lease ends when the test says so; a silo sees what the test lets it see.</summary>
internal sealed class SharedSiloTable : ISiloTable
{
    private readonly ConcurrentDictionary<Guid, SiloMember> _active = new();
    private readonly ConcurrentDictionary<Guid, SiloMember> _draining = new();
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<SiloMember>> _shown = new();

    /// <summary>Whether silos may register.</summary>
    public bool Open { get; set; } = true;

    /// <summary>As what a silo is registered.</summary>
    public Func<SiloMember, SiloMember> Registers { get; set; } = silo => silo;

    public IReadOnlyList<SiloMember> Active => [.. _active.Values.OrderBy(s => s.Address, StringComparer.Ordinal)];

    /// <summary>Ends a lease, as time does.</summary>
    public void Expire(Guid incarnation)
    {
        _active.TryRemove(incarnation, out _);
        _draining.TryRemove(incarnation, out _);
    }

    /// <summary>From now on this silo sees these, whatever there is.</summary>
    public void Show(Guid incarnation, params SiloMember[] silos) => _shown[incarnation] = silos;

    public Task<bool> RegisterAsync(SiloMember silo, Guid? previous, CancellationToken token)
    {
        if (Open) _active[silo.Incarnation] = Registers(silo);
        return Task.FromResult(Open);
    }

    public Task<IReadOnlyList<SiloMember>?> RenewAsync(Guid incarnation, CancellationToken token) => Task.FromResult(
        _shown.TryGetValue(incarnation, out var shown) ? shown
        : _active.ContainsKey(incarnation) || _draining.ContainsKey(incarnation) ? Active : null);

    public Task MarkDrainingAsync(Guid incarnation, CancellationToken token)
    {
        if (_active.TryRemove(incarnation, out var silo)) _draining[incarnation] = silo;
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(Guid incarnation, CancellationToken token)
    {
        Expire(incarnation);
        return Task.CompletedTask;
    }
}
