using Granary.Cluster;

namespace Granary.Tests.Cluster;

/// <summary>A lease table that does what the test says; notes what it was asked.</summary>
internal sealed class ScriptedSiloTable(Probe probe) : ISiloTable
{
    public Func<CancellationToken, Task<bool>> OnRegister { get; set; } = _ => Task.FromResult(true);

    public Func<CancellationToken, Task<bool>> OnRenew { get; set; } = _ => Task.FromResult(true);

    public TimeSpan? FirstEnd { get; set; }

    public List<(Guid Incarnation, Guid? Previous)> Registered { get; } = [];

    public async Task<bool> RegisterAsync(SiloMember silo, Guid? previous, CancellationToken token)
    {
        lock (Registered) Registered.Add((silo.Incarnation, previous));
        probe.Note("register");
        return await OnRegister(token);
    }

    public async Task<IReadOnlyList<SiloMember>?> RenewAsync(Guid incarnation, CancellationToken token)
    {
        probe.Note("renew");
        return await OnRenew(token) ? [new SiloMember(incarnation, "10.0.0.1:11111", "me", "1", "silo")] : null;
    }

    public Task MarkDrainingAsync(Guid incarnation, CancellationToken token)
    {
        probe.Note("draining");
        return Task.CompletedTask;
    }

    public Task ReleaseAsync(Guid incarnation, CancellationToken token)
    {
        probe.Note("release");
        return Task.CompletedTask;
    }
}
