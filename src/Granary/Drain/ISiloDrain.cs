namespace Granary.Drain;

/// <summary>
/// The order of a silo's end. It runs when the host begins to stop, before any hosted service is stopped.
/// </summary>
public interface ISiloDrain
{
    /// <summary>Adds something to a stage. Those of one stage run side by side; a failure is logged and holds up nothing.</summary>
    /// <param name="stage">When.</param>
    /// <param name="name">For the log.</param>
    /// <param name="action">What. Its token is cancelled when its time is up.</param>
    /// <param name="within">Its time. Default: a little more than <see cref="GranaryOptions.DrainTimeout"/> for activations, else 5 s.</param>
    void Register(SiloDrainStage stage, string name, Func<CancellationToken, Task> action, TimeSpan? within = null);

    /// <summary>Runs the stages; later calls wait for the first.</summary>
    /// <returns>Completes when all stages are over.</returns>
    Task RunAsync();
}
