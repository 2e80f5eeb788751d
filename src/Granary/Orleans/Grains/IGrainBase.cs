using Orleans.Runtime;

namespace Orleans;

/// <summary>What the engine knows of a grain class. <see cref="Grain"/> implements it; a grain class may also implement it itself.</summary>
public interface IGrainBase : IAddressable
{
    /// <summary>The activation this instance belongs to.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first call. A throw fails the waiting calls and drops the activation.</summary>
    /// <param name="token">Cancelled when the activation takes longer than <see cref="Configuration.GrainCollectionOptions.ActivationTimeout"/>.</param>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last call. Not run when the process dies, so nothing may depend on it.</summary>
    /// <param name="reason">Why the activation ends.</param>
    /// <param name="token">Cancelled when <see cref="Configuration.GrainCollectionOptions.DeactivationTimeout"/> has passed; the engine then goes on without waiting.</param>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
