using Orleans;
using Orleans.Runtime;

namespace Engine.Tests.Grains;

public sealed class ResidentGrain(ILocalSiloDetails silo) : Grain, IResident
{
    private int _count;

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<int> Count() => Task.FromResult(++_count);
}
