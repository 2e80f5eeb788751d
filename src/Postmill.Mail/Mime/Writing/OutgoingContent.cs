namespace Postmill.Mail.Mime.Writing;

/// <summary>The octets of an attachment: in memory, or opened when they are written.</summary>
public sealed class OutgoingContent
{
    private readonly Func<CancellationToken, ValueTask<Stream>>? _open;

    private OutgoingContent(ReadOnlyMemory<byte> octets, long length, Func<CancellationToken, ValueTask<Stream>>? open) =>
        (Octets, Length, _open) = (octets, length, open);

    /// <summary>How many octets there are, before any encoding.</summary>
    public long Length { get; }

    internal bool InMemory => _open is null;

    internal ReadOnlyMemory<byte> Octets { get; }

    /// <summary>Octets in memory, which must not change until the mail is written.</summary>
    public static OutgoingContent Of(ReadOnlyMemory<byte> octets) => new(octets, octets.Length, null);

    /// <summary>
    /// A stream that is opened each time the mail is written or signed, and closed after. It must give exactly <paramref name="length"/> octets every
    /// time: the length of the mail is told from it before it is opened.
    /// </summary>
    public static OutgoingContent From(long length, Func<CancellationToken, ValueTask<Stream>> open)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentNullException.ThrowIfNull(open);
        return new OutgoingContent(default, length, open);
    }

    internal ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => _open!(cancellationToken);
}
