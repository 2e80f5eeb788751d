using Orleans.Runtime;

namespace Orleans;

/// <summary>Makes references to grains. A reference costs nothing and wakes nobody; the first call does.</summary>
public interface IGrainFactory
{
    /// <summary>A reference by <see cref="Guid"/> key.</summary>
    /// <typeparam name="TGrainInterface">The interface, implemented by exactly one grain class.</typeparam>
    /// <param name="primaryKey">The key.</param>
    /// <param name="grainClassNamePrefix">Start of the full class name, when several classes implement the interface.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithGuidKey;

    /// <summary>A reference by string key.</summary>
    /// <typeparam name="TGrainInterface">The interface, implemented by exactly one grain class.</typeparam>
    /// <param name="primaryKey">The key; not empty.</param>
    /// <param name="grainClassNamePrefix">Start of the full class name, when several classes implement the interface.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ArgumentException">The key is empty, or no class, or more than one, implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey;

    /// <summary>A reference by identity.</summary>
    /// <typeparam name="TGrainInterface">The interface.</typeparam>
    /// <param name="grainId">The identity.</param>
    /// <returns>The reference.</returns>
    TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable;
}
