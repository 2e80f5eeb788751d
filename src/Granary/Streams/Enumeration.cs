namespace Granary.Streams;

/// <summary>The grain's side of one stream.</summary>
internal abstract class Enumeration : IAsyncDisposable
{
    /// <summary>How long nobody has read; zero while somebody waits.</summary>
    public abstract TimeSpan IdleTime { get; }

    /// <summary>The next items, or none when there are none for the poll time. One read at a time.</summary>
    public abstract Task<EnumerationBatch> ReadAsync();

    /// <summary>Tells a waiting reader that the activation ends, and cancels the producer's token.</summary>
    public abstract void Abort();

    /// <summary>Cancels the producer's token, waits for it and ends it.</summary>
    public abstract ValueTask DisposeAsync();
}
