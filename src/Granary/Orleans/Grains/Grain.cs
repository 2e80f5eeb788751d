using System.Diagnostics.CodeAnalysis;
using Granary.Activations;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Base class of grains. One instance per activation; its code runs on the activation's scheduler, one thread at a time.</summary>
public abstract class Grain : IGrainBase
{
    /// <summary>Takes the context of the activation being made.</summary>
    protected Grain()
    {
        GrainContext = CurrentGrain.Activation!;
    }

    /// <summary>Takes the given context, for tests that make a grain by hand.</summary>
    /// <param name="grainContext">The activation.</param>
    protected Grain(IGrainContext grainContext)
    {
        GrainContext = grainContext;
    }

    /// <inheritdoc />
    public IGrainContext GrainContext { get; }

    /// <summary>A reference to this grain.</summary>
    public GrainReference GrainReference => GrainContext.GrainReference;

    /// <summary>The grain's identity as text, <c>type/key</c>.</summary>
    public string IdentityString => GrainContext.GrainId.ToString();

    /// <summary>Makes references to grains.</summary>
    protected IGrainFactory GrainFactory => GrainContext is Activation activation ? activation.Grains : ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>The services of this activation; scoped ones live as long as it does.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>Ends this activation when the running calls have completed; calls that arrive meanwhile go to a fresh one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps the activation from idle collection for at least <paramref name="timeSpan"/> from now; zero or less takes that back.</summary>
    /// <param name="timeSpan">How long; <see cref="TimeSpan.MaxValue"/> for ever.</param>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).DelayDeactivation(timeSpan);

    /// <inheritdoc />
    [SuppressMessage("Naming", "CA1725", Justification = "Orleans names it so.")]
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    [SuppressMessage("Naming", "CA1725", Justification = "Orleans names it so.")]
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
}
