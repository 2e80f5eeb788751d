using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[KeepAlive]
public sealed class StaysGrain : Grain, IStays
{
    private readonly Guid _activation = Guid.NewGuid();

    public Task<Guid> Activation() => Task.FromResult(_activation);
}
