using Orleans;
using Orleans.Runtime;

namespace Postmill.Bench.Grains;

internal sealed class EchoGrain(ILocalSiloDetails silo) : Grain, IEcho
{
    public ValueTask<int> Echo(int number) => new(number);

    public Task<string> Where() => Task.FromResult(silo.Name);
}
