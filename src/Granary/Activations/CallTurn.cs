using Granary.Calls;

namespace Granary.Activations;

/// <summary>A call of a grain method.</summary>
internal sealed class CallTurn(GrainCall call, bool dropWhenExpired) : Turn
{
    private readonly TaskCompletionSource<object?> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<object?> Response => _response.Task;

    public override bool Interleaves => call.Method.AlwaysInterleave;

    public override bool ReadOnly => call.Method.ReadOnly;

    public override void Reject(Exception reason) => _response.TrySetException(reason);

    /// <summary>The edge where whatever a grain method throws becomes the outcome of the call.</summary>
    public override async Task RunAsync(Activation activation)
    {
        if (call.GivenUp is { IsCancellationRequested: true } || (dropWhenExpired && activation.HasPassed(call.ExpiresAt)))
        {
            _response.TrySetCanceled();
            return;
        }

        try
        {
            using var cancellation = CalleeCancellation.Link(call, activation);
            if (cancellation is not null) call.Arguments[call.Method.CancellationIndex] = cancellation.Token;
            var result = await call.Method.Returns.FromGrain(call.Method.Invoke(activation.GrainInstance!, call.Arguments));
            _response.TrySetResult(call.Method.IsolateResult(result));
        }
        catch (Exception fault)
        {
            _response.TrySetException(fault);
        }
    }
}
