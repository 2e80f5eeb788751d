using Orleans;
using Orleans.Runtime;
using Postmill.Grains.Placement;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[RendezvousPlacement]
public sealed class ResidentGrain(ILocalSiloDetails silo, LocalGrains local) : Grain, IResident
{
    private int _count;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        local.Remove(GrainContext);
        return Task.CompletedTask;
    }

    public Task Stay()
    {
        local.Add(GrainContext);
        return Task.CompletedTask;
    }

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<int> Count() => Task.FromResult(++_count);
}
