namespace Postmill.Host.Live;

/// <summary>
/// Tells the tails of a front that a silo was lost. On a silo nobody says so: Orleans itself ends the streams of a dead one there, but its client does not hear of the death and lets
/// them run into their deadline.
/// </summary>
internal sealed class LostSilos : IDisposable
{
    private CancellationTokenSource _next = new();

    /// <summary>Cancelled at the next loss.</summary>
    public CancellationToken Next => Volatile.Read(ref _next).Token;

    public void Tell()
    {
        using var told = Interlocked.Exchange(ref _next, new CancellationTokenSource());
        told.Cancel();
    }

    public void Dispose() => _next.Dispose();
}
