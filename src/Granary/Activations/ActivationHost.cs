using Granary.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;

namespace Granary.Activations;

/// <summary>What all activations of a silo share.</summary>
internal sealed record ActivationHost(
    ActivationDirectory Directory,
    IServiceScopeFactory Scopes,
    Lazy<GrainCalls> LazyCalls,
    Lazy<IGrainFactory> LazyGrains,
    TimeProvider Time,
    ILogger Logger,
    GrainCollectionOptions Collection,
    SiloMessagingOptions Messaging,
    GranaryOptions Options)
{
    public GrainCalls Calls => LazyCalls.Value;

    public IGrainFactory Grains => LazyGrains.Value;
}
