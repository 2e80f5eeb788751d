using Orleans;
using Orleans.Runtime;

namespace Granary.Tests.Transport;

[KeepAlive]
public sealed class PlacedGrain(ILocalSiloDetails silo, Probe probe) : Grain, IPlaced
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note($"{this.GetPrimaryKeyString()} placed");
        return Task.CompletedTask;
    }

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<byte[]> Echo(byte[] bytes) => Task.FromResult(bytes);

    public Task<byte[]> Large(int bytes) => Task.FromResult(new byte[bytes]);

    public Task<string> WhereIs(string other) => GrainFactory.GetGrain<IPlaced>(other).Where();
}
