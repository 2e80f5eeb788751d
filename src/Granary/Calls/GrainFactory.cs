using Orleans;
using Orleans.Runtime;

namespace Granary.Calls;

internal sealed class GrainFactory(GrainCalls calls, GrainManifest manifest, IServiceProvider services) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithGuidKey =>
        Reference<TGrainInterface>(primaryKey.ToString("N"), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Reference<TGrainInterface>(primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)calls.Reference(typeof(TGrainInterface), grainId);

    private TGrainInterface Reference<TGrainInterface>(string key, string? prefix) =>
        (TGrainInterface)(object)calls.Reference(typeof(TGrainInterface), GrainId.Create(manifest.ClassOf(typeof(TGrainInterface), prefix).GrainType, key));
}
