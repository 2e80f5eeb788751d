using System.Buffers;
using Postmill.Mail.Smtp.Content;

namespace Postmill.Mail.Smtp;

/// <summary>
/// The content of a mail, header and body, expected with CRLF line ends. It reaches the server byte for byte, with two exceptions: a CR
/// or LF alone becomes CRLF, because on the wire it would be a way to smuggle commands, and a last line without an end gets one.
/// </summary>
public sealed class SmtpPayload
{
    private readonly Func<CancellationToken, ValueTask<Stream>>? _open;
    private readonly ReadOnlyMemory<byte>? _bytes;
    private SmtpShape? _shape;

    private SmtpPayload(long length, Func<CancellationToken, ValueTask<Stream>>? open, ReadOnlyMemory<byte>? bytes, SmtpShape? shape)
    {
        Length = length;
        _open = open;
        _bytes = bytes;
        _shape = shape;
    }

    /// <summary>Bytes of the content as it was handed over.</summary>
    public long Length { get; }

    /// <summary>A content in memory, which must not change while it is in use.</summary>
    public static SmtpPayload Of(ReadOnlyMemory<byte> bytes) => new(bytes.Length, null, bytes, null);

    /// <summary>A content that is read while it is sent, through buffers of <see cref="SmtpLimits.BlockBytes"/>.</summary>
    /// <param name="length">Its bytes. A stream with more or less of them is not a mail cut short or another one: the session is broken off before the end of the content is sent.</param>
    /// <param name="open">Opens it from the beginning; called once for each transaction, and once more to measure it when <paramref name="shape"/> is not given.</param>
    /// <param name="shape">Its shape, if it is known. It is checked on the way.</param>
    public static SmtpPayload Of(long length, Func<CancellationToken, ValueTask<Stream>> open, SmtpShape? shape = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentNullException.ThrowIfNull(open);
        return new SmtpPayload(length, open, null, shape);
    }

    /// <summary>The shape, measured when it is asked for the first time.</summary>
    public async ValueTask<SmtpShape> ShapeAsync(CancellationToken ct)
    {
        if (_shape is { } known) return known;
        var shape = _bytes is { } bytes ? SmtpShape.Of(bytes.Span) : await MeasureAsync(ct).ConfigureAwait(false);
        _shape = shape;
        return shape;
    }

    /// <summary>The content as pieces, the next one valid until the one after is asked for.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        if (_bytes is { } bytes)
        {
            yield return bytes;
            yield break;
        }
        var left = Length;
        var buffer = ArrayPool<byte>.Shared.Rent(SmtpLimits.BlockBytes);
        try
        {
            var stream = await _open!(ct).ConfigureAwait(false);
            await using var owned = stream.ConfigureAwait(false);
            for (int count; (count = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0; left -= count)
            {
                if (count > left) throw new InvalidDataException($"The content has more than the {Length} bytes that it was said to have.");
                yield return buffer.AsMemory(0, count);
            }
            if (left > 0) throw new EndOfStreamException($"The content ended {left} bytes before its end.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<SmtpShape> MeasureAsync(CancellationToken ct)
    {
        var measure = new ShapeMeasure();
        await foreach (var piece in ReadAsync(ct).ConfigureAwait(false)) measure.Add(piece.Span);
        return measure.Finish();
    }
}
