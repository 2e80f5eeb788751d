using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Drain;

internal sealed class SiloDrain(TimeProvider time, IOptions<GranaryOptions> options, ILogger<SiloDrain> logger) : ISiloDrain
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Part> _parts = [];
    private Task? _running;

    public void Register(SiloDrainStage stage, string name, Func<CancellationToken, Task> action, TimeSpan? within = null)
    {
        var atMost = within ?? (stage == SiloDrainStage.Activations ? options.Value.DrainTimeout + ShortStage : ShortStage);
        lock (_gate) _parts.Add(new Part(stage, name, action, atMost));
    }

    public Task RunAsync()
    {
        lock (_gate) return _running ??= Task.Run(RunStagesAsync);
    }

    private async Task RunStagesAsync()
    {
        foreach (var stage in Enum.GetValues<SiloDrainStage>())
        {
            Part[] parts;
            lock (_gate) parts = [.. _parts.Where(p => p.Stage == stage)];
            await Task.WhenAll(parts.Select(RunAsync)).ConfigureAwait(false);
        }
    }

    /// <summary>The edge where a failed or slow part of the end is logged; the end goes on.</summary>
    private async Task RunAsync(Part part)
    {
        using var timeout = new CancellationTokenSource(part.Within, time);
        try
        {
            await part.Action(timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            logger.PartFailed(fault, part.Stage, part.Name);
        }
    }

    private sealed record Part(SiloDrainStage Stage, string Name, Func<CancellationToken, Task> Action, TimeSpan Within);
}
