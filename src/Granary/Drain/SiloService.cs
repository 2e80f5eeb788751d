using Granary.Activations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;

namespace Granary.Drain;

/// <summary>Ties the silo's end to the host's: the whole drain runs before any hosted service is stopped, in whatever order they were added.</summary>
internal sealed class SiloService(ISiloDrain drain, ActivationDirectory directory, IOptions<GranaryOptions> options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        drain.Register(SiloDrainStage.Activations, "activations", _ => EndActivationsAsync());
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => drain.RunAsync().WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task EndActivationsAsync()
    {
        directory.RefuseOutside();
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo is stopping.");
        await directory.EndAllAsync(reason, drainFirst: true, options.Value.DrainTimeout).ConfigureAwait(false);
        directory.Close();
    }
}
