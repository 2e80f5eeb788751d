using Orleans;
using Orleans.Concurrency;

namespace Engine.Tests.Grains;

[Reentrant, GrainType("open-house")]
public sealed class OpenGrain(Probe probe) : Grain, IOpen
{
    public async Task Meet(string name, string other)
    {
        probe.Open(name);
        await probe.Gate(other);
    }
}
