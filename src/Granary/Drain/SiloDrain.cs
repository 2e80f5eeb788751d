using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Drain;

internal sealed class SiloDrain(TimeProvider time, IOptions<GranaryOptions> options, ILogger<SiloDrain> logger) : ISiloDrain
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<(SiloDrainStage Stage, string Name, Func<CancellationToken, Task> Action)> _actions = [];
    private Task? _running;

    public void Register(SiloDrainStage stage, string name, Func<CancellationToken, Task> action)
    {
        lock (_gate) _actions.Add((stage, name, action));
    }

    public Task RunAsync()
    {
        lock (_gate) return _running ??= Task.Run(RunStagesAsync);
    }

    private async Task RunStagesAsync()
    {
        foreach (var stage in Enum.GetValues<SiloDrainStage>())
        {
            (string Name, Func<CancellationToken, Task> Action)[] actions;
            lock (_gate) actions = [.. _actions.Where(a => a.Stage == stage).Select(a => (a.Name, a.Action))];
            using var timeout = new CancellationTokenSource(stage == SiloDrainStage.Activations ? options.Value.DrainTimeout + ShortStage : ShortStage, time);
            await Task.WhenAll(actions.Select(a => RunAsync(stage, a.Name, a.Action, timeout.Token))).ConfigureAwait(false);
        }
    }

    /// <summary>The edge where a failed or slow part of the end is logged; the end goes on.</summary>
    private async Task RunAsync(SiloDrainStage stage, string name, Func<CancellationToken, Task> action, CancellationToken token)
    {
        try
        {
            await action(token).WaitAsync(token).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            logger.PartFailed(fault, stage, name);
        }
    }
}
