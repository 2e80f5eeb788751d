using Granary.Activations;
using Granary.Calls;

namespace Granary.Streams;

/// <summary>A read of a stream. Always interleaves: a reader that waits holds up nobody.</summary>
internal sealed class EnumerationTurn(GrainCall call) : Turn
{
    private readonly TaskCompletionSource<object?> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<object?> Response => _response.Task;

    public override bool Interleaves => true;

    public override bool Reads => true;

    // A stream ends with its activation.
    public override bool MayMove => call.Kind == GrainCallKind.StartEnumeration;

    public override void Reject(Exception reason) => _response.TrySetException(reason);

    /// <summary>The edge where what a producer throws becomes the answer to its reader.</summary>
    public override async Task RunAsync(Activation activation)
    {
        try
        {
            _response.TrySetResult(call.Kind switch
            {
                GrainCallKind.StartEnumeration => await activation.Streams.StartAsync(call),
                GrainCallKind.NextBatch => await activation.Streams.NextAsync(call.EnumerationId),
                GrainCallKind.EndEnumeration => await activation.Streams.EndAsync(call.EnumerationId),
                _ => throw new InvalidOperationException($"{call.Kind} does not concern a stream."),
            });
        }
        catch (Exception fault)
        {
            _response.TrySetException(fault);
        }
    }
}
