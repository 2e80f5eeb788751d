using Granary.Activations;
using Granary.Calls;

namespace Granary.Tests.Streams;

/// <summary>Notes each call by its kind on its way to the activations.</summary>
internal sealed class NotingRouter(ActivationDirectory directory, Probe probe) : ICallRouter
{
    public Task<object?> SendAsync(GrainCall call)
    {
        probe.Note(call.Kind.ToString());
        return directory.SendAsync(call);
    }
}
