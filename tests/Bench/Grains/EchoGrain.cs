using Orleans;
using Orleans.Placement;
using Orleans.Runtime;

namespace Postmill.Bench.Grains;

[RandomPlacement]
internal sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEcho
{
    public ValueTask<int> Echo(int number) => new(number);

    public Task<string> Where() => Task.FromResult(silo.Name);
}
