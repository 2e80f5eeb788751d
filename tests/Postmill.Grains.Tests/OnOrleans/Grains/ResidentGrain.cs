using Orleans;
using Orleans.Runtime;
using Postmill.Grains.Placement;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[RendezvousPlacement]
public sealed class ResidentGrain(ILocalSiloDetails silo) : Grain, IResident
{
    private int _count;

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<int> Count() => Task.FromResult(++_count);
}
