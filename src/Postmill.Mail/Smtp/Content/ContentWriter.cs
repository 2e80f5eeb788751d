using System.Buffers;
using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp.Content;

/// <summary>
/// Writes one content past MailKit into the guard, block after block; the last block goes out together with the end of the content, whose reply
/// MailKit then asks for.
/// </summary>
internal sealed class ContentWriter(SmtpGuardedStream guard, SmtpPayload payload, SmtpShape shape)
{
    /// <summary>The end of a content, as MailKit says it.</summary>
    public const string Dot = ".";

    // The dot and its CRLF.
    private const int DotBytes = 3;

    private ContentEncoder _encoder = new();
    private byte[] _block = [];
    private int _used;

    /// <exception cref="MailServerException">The session broke, or the server refused before the end (<see cref="SmtpGuardedStream.EarlyRefusal"/>).</exception>
    /// <exception cref="Exception">Whatever the payload throws.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Room for the dots of an ordinary mail, so that it is one write.
        var fits = Math.Min(SmtpLimits.BlockBytes, shape.Octets + shape.Octets / 16 + ContentEncoder.FinishBytes);
        _block = ArrayPool<byte>.Shared.Rent((int)fits);
        try
        {
            await foreach (var piece in payload.ReadAsync(cancellationToken).ConfigureAwait(false))
                await EncodeAsync(piece, cancellationToken).ConfigureAwait(false);
            if (_block.Length - _used < ContentEncoder.FinishBytes) await FlushAsync(cancellationToken).ConfigureAwait(false);
            _used += _encoder.Finish(_block.AsSpan(_used));
            await guard.WriteAheadAsync(_block.AsMemory(0, _used), DotBytes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_block);
        }
    }

    private async ValueTask EncodeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (!shape.HasEightBit && !Ascii.IsValid(piece.Span))
            throw new InvalidDataException("The content does not have the shape that it was said to have.");
        while (true)
        {
            _encoder.Encode(piece.Span, _block.AsSpan(_used), out var consumed, out var written);
            _used += written;
            piece = piece[consumed..];
            if (piece.IsEmpty) return;
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await guard.WriteAsync(_block.AsMemory(0, _used), cancellationToken).ConfigureAwait(false);
        _used = 0;
    }
}
