using Granary.Activations;
using Granary.Calls;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity of grains and of references to them.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to the same grain under another of its interfaces. Calls through it are ordinary calls, also when a grain refers to itself.</summary>
    /// <typeparam name="TGrainInterface">The interface.</typeparam>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The reference.</returns>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => grain switch
    {
        GrainProxy proxy => (TGrainInterface)(object)proxy.Calls.Reference(typeof(TGrainInterface), proxy.GrainId),
        IGrainBase instance => (TGrainInterface)(object)CallsOf(instance).Reference(typeof(TGrainInterface), instance.GrainContext.GrainId),
        _ => throw new ArgumentException($"{grain?.GetType().FullName ?? "null"} is neither a grain nor a grain reference.", nameof(grain)),
    };

    private static GrainCalls CallsOf(IGrainBase grain) =>
        grain.GrainContext is Activation activation ? activation.Calls : grain.GrainContext.ActivationServices.GetRequiredService<GrainCalls>();

    /// <summary>The identity of a grain or of the grain a reference points to.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The identity.</returns>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase instance => instance.GrainContext.GrainId,
        _ => throw new ArgumentException($"{grain?.GetType().FullName ?? "null"} is neither a grain nor a grain reference.", nameof(grain)),
    };

    /// <summary>The key of a grain with a string key.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The key.</returns>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString()!;

    /// <summary>The key of a grain with a <see cref="Guid"/> key.</summary>
    /// <param name="grain">A grain or a reference.</param>
    /// <returns>The key.</returns>
    /// <exception cref="InvalidOperationException">The key is no <see cref="Guid"/>.</exception>
    public static Guid GetPrimaryKey(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        return Guid.TryParseExact(id.Key.ToString(), "N", out var key) ? key : throw new InvalidOperationException($"The key of {id} is not a Guid.");
    }
}
