using System.Buffers;
using System.Runtime.CompilerServices;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>
/// A mail ready to go (RFC 5322): CRLF line ends, no line above 998 octets, ASCII throughout unless <see cref="NeedsUtf8"/>. Its exact length is
/// known before it is written; contents of attachments are encoded while they are written, a piece at a time. It can be written any number of times,
/// also at the same time.
/// </summary>
public sealed class ComposedMessage
{
    // Whole base64 lines, so that pieces can be encoded one by one.
    private const int StreamPieceBytes = Base64Lines.LineOctets * 1024;
    private const int EncodedPieceBytes = (76 + 2) * 1024;

    private readonly Piece[] _pieces;

    internal ComposedMessage(Piece[] pieces, string messageId, bool needsUtf8)
    {
        _pieces = pieces;
        MessageId = messageId;
        NeedsUtf8 = needsUtf8;
        Length = pieces.Sum(piece => piece.Length);
    }

    /// <summary>Octets of the mail as written; what SIZE (RFC 1870) is told.</summary>
    public long Length { get; }

    /// <summary>
    /// Whether an address has a local part beyond ASCII: then headers are UTF-8 (RFC 6532) and a server must have SMTPUTF8 (RFC 6531). 8BITMIME is
    /// never needed otherwise.
    /// </summary>
    public bool NeedsUtf8 { get; }

    /// <summary>The Message-ID without angle brackets.</summary>
    public string MessageId { get; }

    /// <summary>The header block, its blank line included.</summary>
    public ReadOnlyMemory<byte> Header => _pieces[0].Octets;

    /// <summary>Whether no content must be opened, so that <see cref="WriteTo"/> and <see cref="ToArray"/> can be used.</summary>
    public bool IsInMemory => Array.TrueForAll(_pieces, piece => piece.Content?.InMemory ?? true);

    /// <summary>The mail in pieces, in order; a piece is valid until the next one is asked for.</summary>
    /// <exception cref="InvalidDataException">A content's stream gave fewer or more octets than it was said to.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < _pieces.Length; i++)
        {
            await foreach (var octets in PieceAsync(_pieces[i], cancellationToken).ConfigureAwait(false))
                yield return octets;
        }
    }

    /// <summary>Writes the mail.</summary>
    /// <exception cref="InvalidDataException">A content's stream gave fewer or more octets than it was said to; what was written so far is no mail.</exception>
    public async Task WriteToAsync(Stream to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        await foreach (var octets in PiecesAsync(cancellationToken).ConfigureAwait(false))
            await to.WriteAsync(octets, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a mail that <see cref="IsInMemory"/>, asking for at most some 64 KiB at once.</summary>
    public void WriteTo(IBufferWriter<byte> to)
    {
        ArgumentNullException.ThrowIfNull(to);
        foreach (var piece in _pieces)
        {
            if (piece.Content is { } content)
                Base64Lines.Write(InMemory(content), first: true, to);
            else
                to.Write(piece.Octets.Span);
        }
    }

    /// <summary>A mail that <see cref="IsInMemory"/> as one array.</summary>
    public byte[] ToArray()
    {
        var octets = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        var at = 0;
        foreach (var piece in _pieces)
        {
            if (piece.Content is { } content)
                Base64Lines.Write(InMemory(content), first: true, octets.AsSpan(at));
            else
                piece.Octets.Span.CopyTo(octets.AsSpan(at));
            at += (int)piece.Length;
        }
        return octets;
    }

    private static ReadOnlySpan<byte> InMemory(OutgoingContent content) =>
        content.InMemory ? content.Octets.Span : throw new InvalidOperationException("A content must be opened; write the mail to a stream.");

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PieceAsync(Piece piece, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (piece.Content is null)
        {
            if (!piece.Octets.IsEmpty)
                yield return piece.Octets;
            yield break;
        }
        var encoded = ArrayPool<byte>.Shared.Rent(EncodedPieceBytes);
        try
        {
            var first = true;
            await foreach (var octets in ContentAsync(piece.Content, cancellationToken).ConfigureAwait(false))
            {
                yield return encoded.AsMemory(0, Base64Lines.Write(octets.Span, first, encoded));
                first = false;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    // Pieces of whole lines, the last one shorter.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ContentAsync(
        OutgoingContent content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (content.InMemory)
        {
            for (var at = 0; at < content.Octets.Length; at += StreamPieceBytes)
                yield return content.Octets.Slice(at, Math.Min(StreamPieceBytes, content.Octets.Length - at));
            yield break;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(StreamPieceBytes);
        try
        {
            var stream = await content.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var left = content.Length;
                int read;
                while ((read = await FillAsync(stream, buffer.AsMemory(0, StreamPieceBytes), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    left -= read;
                    if (left < 0)
                        break;
                    yield return buffer.AsMemory(0, read);
                }
                if (left != 0)
                    throw new InvalidDataException($"An attachment said to have {content.Length} bytes has {(left > 0 ? "fewer" : "more")}.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ValueTask<int> FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) =>
        stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
}
