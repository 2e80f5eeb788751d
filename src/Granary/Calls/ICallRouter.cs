namespace Granary.Calls;

/// <summary>Decides where a call runs, and has it run there.</summary>
internal interface ICallRouter
{
    /// <summary>Sends the call. The task carries the result, or the fault the call ended with; it knows no deadline.</summary>
    Task<object?> SendAsync(GrainCall call);
}
