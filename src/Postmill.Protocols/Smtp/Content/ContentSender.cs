using System.Buffers;
using System.Buffers.Text;
using System.Runtime.ExceptionServices;
using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Content;

/// <summary>
/// Writes one content, block after block, and listens meanwhile: a server that answers before the end has refused, and hears no more.
/// <code>
///   block ─► block ─► … ─► [ last block with the final dot, or the last byte of BDAT LAST ] ─► reply
///   ◄───── not accepted, whatever happens ─────►│◄──── only the server knows ─────────────►│
///                                          HandedOver
/// </code>
/// </summary>
internal sealed class ContentSender(SmtpWire wire, SmtpPayload payload, SmtpShape shape, bool byBdat)
{
    // "BDAT", a number of at most 19 digits, "LAST", CRLF.
    private const int BdatLineBytes = 32;

    private readonly MailTimeouts _timeouts = wire.Transport.Options.Timeouts;
    private ContentEncoder _encoder = new(forData: !byBdat);
    private byte[] _block = [];
    private int _used;
    private long _octets;
    private Task<SmtpReply>? _listening;

    /// <summary>Whether the write that holds the end of the content was begun; from then on the mail may be accepted.</summary>
    public bool HandedOver { get; private set; }

    /// <summary>The reply to the whole content, or a refusal that came before its end; the session is closed after the latter.</summary>
    /// <exception cref="MailServerException">The session broke; and whatever the payload throws. The session is closed.</exception>
    public async Task<SmtpReply> RunAsync(CancellationToken ct)
    {
        using var step = wire.Begin("content", _timeouts.DataBlock, ct);
        var fits = Math.Min(SmtpLimits.BlockBytes, shape.Octets + shape.Octets / 16 + BdatLineBytes + ContentEncoder.FinishBytes);
        _block = ArrayPool<byte>.Shared.Rent((int)fits);
        _listening = ListenAsync();
        ExceptionDispatchInfo? failure = null;
        try
        {
            await WriteAsync(step, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Without the end of the content there is nothing that the server could accept.
            wire.Transport.Abort();
            failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_block);
        }
        try
        {
            return await _listening.ConfigureAwait(false);
        }
        catch (MailServerException heard) when (failure is not null && heard.Fault == MailFault.Disconnected)
        {
            // Only the echo of what failed here.
            failure.Throw();
            throw;
        }
    }

    private async Task<SmtpReply> ListenAsync()
    {
        var reply = await wire.ReadContentReplyAsync().ConfigureAwait(false);
        if (HandedOver) return reply;
        wire.Transport.Abort();
        return reply.IsTransient || reply.IsPermanent
            ? reply
            : throw new MailServerException(MailFault.ProtocolError, $"The server answered before the content had ended: {reply.Code} {reply.Text}", reply.Text);
    }

    private async ValueTask WriteAsync(MailStep step, CancellationToken ct)
    {
        if (byBdat) BeginBdat();
        if (payload.Bytes is { } bytes) await EncodeAsync(bytes, step).ConfigureAwait(false);
        else await EncodeAllAsync(step, ct).ConfigureAwait(false);
        if (IsAnswered) return;
        if (_block.Length - _used < ContentEncoder.FinishBytes) await FlushAsync(step).ConfigureAwait(false);
        var end = _encoder.Finish(_block.AsSpan(_used));
        _used += end;
        if (byBdat && (_octets += end) != shape.Octets) throw NotThatShape();
        HandedOver = true;
        step.Restart(_timeouts.DataEnd);
        await wire.Transport.WriteAsync(_block.AsMemory(0, _used)).ConfigureAwait(false);
    }

    private async ValueTask EncodeAllAsync(MailStep step, CancellationToken ct)
    {
        await foreach (var piece in payload.ReadAsync(ct).ConfigureAwait(false))
        {
            await EncodeAsync(piece, step).ConfigureAwait(false);
            if (IsAnswered) return;
        }
    }

    private async ValueTask EncodeAsync(ReadOnlyMemory<byte> piece, MailStep step)
    {
        if (!shape.HasEightBit && !Ascii.IsValid(piece.Span)) throw NotThatShape();
        while (true)
        {
            _encoder.Encode(piece.Span, _block.AsSpan(_used), out var consumed, out var written);
            _used += written;
            _octets += written;
            piece = piece[consumed..];
            if (piece.IsEmpty || IsAnswered) return;
            await FlushAsync(step).ConfigureAwait(false);
        }
    }

    // With BDAT a byte too many would be a command, and one too few would wait for the next one.
    private async ValueTask FlushAsync(MailStep step)
    {
        if (byBdat && _octets > shape.Octets) throw NotThatShape();
        step.Restart(_timeouts.DataBlock);
        await wire.Transport.WriteAsync(_block.AsMemory(0, _used)).ConfigureAwait(false);
        _used = 0;
    }

    private bool IsAnswered => _listening!.IsCompleted;

    private void BeginBdat()
    {
        "BDAT "u8.CopyTo(_block);
        Utf8Formatter.TryFormat(shape.Octets, _block.AsSpan(5), out var digits);
        " LAST\r\n"u8.CopyTo(_block.AsSpan(5 + digits));
        _used = 5 + digits + 7;
    }

    private static InvalidDataException NotThatShape() => new("The content does not have the shape that it was said to have.");
}
