using System.Buffers;
using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// A part's octets for MimeKit, in memory or opened anew each time they are written: one mail can be written several times at once, which MimeKit's own
/// content, a stream with one position, does not allow.
/// </summary>
/// <param name="content">The octets.</param>
/// <param name="encoding">The encoding they are in already; Default for none, then MimeKit encodes them on their way.</param>
internal sealed class PartContent(OutgoingContent content, Kit.ContentEncoding encoding) : Kit.IMimeContent
{
    // MimeKit's filters keep buffers of up to three times what they are given at once.
    private const int PieceBytes = 16 << 10;

    public Kit.ContentEncoding Encoding => encoding;

    public Kit.NewLineFormat? NewLineFormat => null;

    public Stream? Stream => null;

    public Stream Open() => new MemoryStream(Octets.ToArray(), writable: false);

    /// <summary>Only what is in no encoding is ever decoded, for everything else is in the one it is written in.</summary>
    public void DecodeTo(Stream stream, CancellationToken cancellationToken = default) => WriteTo(stream, cancellationToken);

    public Task DecodeToAsync(Stream stream, CancellationToken cancellationToken = default) => WriteToAsync(stream, cancellationToken);

    public void WriteTo(Stream stream, CancellationToken cancellationToken = default)
    {
        for (var rest = Octets; !rest.IsEmpty; rest = rest[Math.Min(PieceBytes, rest.Length)..])
            stream.Write(rest.Span[..Math.Min(PieceBytes, rest.Length)]);
    }

    /// <exception cref="InvalidDataException">A stream gave fewer or more octets than it was said to.</exception>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        if (content.InMemory)
        {
            for (var rest = content.Octets; !rest.IsEmpty; rest = rest[Math.Min(PieceBytes, rest.Length)..])
                await stream.WriteAsync(rest[..Math.Min(PieceBytes, rest.Length)], cancellationToken).ConfigureAwait(false);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var source = await content.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
                await CopyAsync(source, buffer, stream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose()
    {
        // Nothing is held between writings.
    }

    private ReadOnlyMemory<byte> Octets =>
        content.InMemory ? content.Octets : throw new InvalidOperationException("A content must be opened; write the mail to a stream.");

    private async Task CopyAsync(Stream source, byte[] buffer, Stream to, CancellationToken cancellationToken)
    {
        var left = content.Length;
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            left -= read;
            if (left < 0)
                break;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
        if (left != 0)
            throw new InvalidDataException($"An attachment said to have {content.Length} bytes has {(left > 0 ? "fewer" : "more")}.");
    }
}
