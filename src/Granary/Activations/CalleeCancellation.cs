using Granary.Calls;

namespace Granary.Activations;

/// <summary>The token a grain method gets. It is cancelled on the activation's scheduler, so that what the grain has registered on it runs as grain code.</summary>
internal sealed class CalleeCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Activation _activation;
    private CancellationTokenRegistration _registration;

    private CalleeCancellation(Activation activation)
    {
        _activation = activation;
    }

    public CancellationToken Token => _source.Token;

    public static CalleeCancellation? Link(GrainCall call, Activation activation)
    {
        if (call.Method.CancellationIndex < 0) return null;
        var linked = new CalleeCancellation(activation);
        if (call.GivenUp is { } givenUp) linked._registration = givenUp.Token.UnsafeRegister(static state => ((CalleeCancellation)state!).Request(), linked);
        return linked;
    }

    // The source itself is not disposed: a cancellation already on its way to the scheduler may come after the call's end.
    public void Dispose() => _registration.Dispose();

    private void Request() => _activation.Cancel(_source);
}
