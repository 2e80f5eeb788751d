namespace Orleans.Runtime;

/// <summary>An activation of a grain. Of the Orleans interface only what grains use.</summary>
public interface IGrainContext
{
    /// <summary>A reference to the grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>The grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The grain instance; null until it is made.</summary>
    object? GrainInstance { get; }

    /// <summary>The identity of this activation, new each time.</summary>
    ActivationId ActivationId { get; }

    /// <summary>The services of this activation.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when this activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>Asks the activation to end when its running calls have completed.</summary>
    /// <param name="deactivationReason">Why; the first reason given is kept.</param>
    /// <param name="cancellationToken">Not used by this engine.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
