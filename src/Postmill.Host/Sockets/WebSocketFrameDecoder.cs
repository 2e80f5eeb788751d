using System.Buffers;
using System.Buffers.Binary;

namespace Postmill.Host.Sockets;

/// <summary>
/// Client bytes, cut anywhere, to whole inputs. Holds no buffer between messages; within one, a buffer that grows with what arrived.
/// </summary>
/// <remarks>
/// <code>
///   head (2..14 bytes) ──► payload (unmasked as it comes; text checked as it comes) ──► input
///        control frames use a buffer of their own, so they may come between the fragments of a message
/// </code>
/// </remarks>
internal sealed class WebSocketFrameDecoder(int maxMessageBytes) : IDisposable
{
    private HeadBytes _head;
    private int _headCount;
    private WebSocketFrameHeader _frame;
    private bool _inPayload;
    private long _payloadCount;

    private byte[]? _message;
    private int _messageCount;
    private int _messageValid;
    private bool _messageOpen;

    private byte[]? _control;

    /// <summary>Whether any rented buffer is held.</summary>
    public bool HoldsBuffer => _message is not null || _control is not null;

    /// <summary>
    /// Takes bytes up to the end of a frame and returns how many. <paramref name="input"/> is set when a frame ended; with the bytes that are
    /// left, call again.
    /// </summary>
    /// <exception cref="WebSocketProtocolException">The code and reason to close with; the decoder is then of no more use.</exception>
    public int Consume(ReadOnlySpan<byte> bytes, out WebSocketInput? input)
    {
        input = null;
        ReleaseFinished();
        var taken = 0;
        if (!_inPayload)
        {
            taken = TakeHead(bytes);
            if (!_inPayload) return taken;
        }
        taken += TakePayload(bytes[taken..]);
        if (_payloadCount == _frame.Length) input = EndFrame();
        return taken;
    }

    /// <summary>Gives back what the last <see cref="Consume"/> handed out; an idle connection must hold nothing.</summary>
    public void ReleaseFinished()
    {
        if (!(_inPayload && _frame.IsControl)) Release(ref _control);
        if (_messageOpen) return;
        Release(ref _message);
        _messageCount = _messageValid = 0;
    }

    public void Dispose()
    {
        Release(ref _message);
        Release(ref _control);
    }

    private int TakeHead(ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = _head;
        var taken = 0;
        while (taken < bytes.Length)
        {
            head[_headCount++] = bytes[taken++];
            if (_headCount < 2) continue;
            if (_headCount == 2) WebSocketFrameHeader.Check(head[0], head[1]);
            var size = WebSocketFrameHeader.SizeOf(head[1]);
            if (_headCount < size) continue;
            BeginFrame(WebSocketFrameHeader.Parse(head[..size]));
            break;
        }
        return taken;
    }

    private void BeginFrame(WebSocketFrameHeader frame)
    {
        if (!frame.IsControl)
        {
            if (frame.Opcode == WebSocketOpcode.Continuation && !_messageOpen) throw Broken("continuation without a message");
            if (frame.Opcode != WebSocketOpcode.Continuation && _messageOpen) throw Broken("new message inside a fragmented one");
            if (frame.Opcode == WebSocketOpcode.Binary) throw new WebSocketProtocolException(WebSocketCloseCode.UnsupportedData, "text only");
            if (frame.Length > maxMessageBytes - _messageCount)
                throw new WebSocketProtocolException(WebSocketCloseCode.MessageTooBig, $"message over {maxMessageBytes} bytes");
            _messageOpen = true;
        }
        _frame = frame;
        _payloadCount = 0;
        _inPayload = true;
    }

    private int TakePayload(ReadOnlySpan<byte> bytes)
    {
        var count = (int)Math.Min(bytes.Length, _frame.Length - _payloadCount);
        if (count == 0) return 0;
        var target = _frame.IsControl ? ControlSpace(count) : MessageSpace(count);
        bytes[..count].CopyTo(target);
        WebSocketMask.Apply(target, _frame.Mask, _payloadCount);
        _payloadCount += count;
        if (!_frame.IsControl) CheckText(count);
        return count;
    }

    private Span<byte> ControlSpace(int count)
    {
        _control ??= ArrayPool<byte>.Shared.Rent(WebSocketLimits.ControlPayloadBytes);
        return _control.AsSpan((int)_payloadCount, count);
    }

    private Span<byte> MessageSpace(int count)
    {
        var needed = _messageCount + count;
        if (_message is null || _message.Length < needed)
        {
            var wanted = Math.Max(needed, Math.Max(_messageCount * 2, WebSocketLimits.FirstMessageBufferBytes));
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            _message.AsSpan(0, _messageCount).CopyTo(larger);
            Release(ref _message);
            _message = larger;
        }
        return _message.AsSpan(_messageCount, count);
    }

    private void CheckText(int count)
    {
        _messageCount += count;
        var valid = WebSocketText.ValidPrefix(_message.AsSpan(_messageValid.._messageCount));
        if (valid < 0) throw NotUtf8();
        _messageValid += valid;
    }

    private WebSocketInput EndFrame()
    {
        _inPayload = false;
        _headCount = 0;
        if (_frame.IsControl) return EndControl(_control.AsMemory(0, (int)_frame.Length));
        if (!_frame.Fin) return new WebSocketInput(WebSocketInputKind.Fragment, default);
        if (_messageValid != _messageCount) throw NotUtf8();
        _messageOpen = false;
        return new WebSocketInput(WebSocketInputKind.Text, _message.AsMemory(0, _messageCount));
    }

    private WebSocketInput EndControl(ReadOnlyMemory<byte> payload) => _frame.Opcode switch
    {
        WebSocketOpcode.Ping => new WebSocketInput(WebSocketInputKind.Ping, payload),
        WebSocketOpcode.Pong => new WebSocketInput(WebSocketInputKind.Pong, payload),
        _ => EndClose(payload),
    };

    private static WebSocketInput EndClose(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length == 0) return new WebSocketInput(WebSocketInputKind.Close, payload, WebSocketCloseCode.NoStatus);
        if (payload.Length == 1) throw Broken("close frame of one byte");
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload.Span);
        if (!WebSocketCloseCode.IsAllowedOnWire(code)) throw Broken("close code not allowed");
        var reason = payload[2..];
        if (WebSocketText.ValidPrefix(reason.Span) != reason.Length) throw NotUtf8();
        return new WebSocketInput(WebSocketInputKind.Close, reason, code);
    }

    private static void Release(ref byte[]? buffer)
    {
        if (buffer is null) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = null;
    }

    private static WebSocketProtocolException Broken(string reason) => new(WebSocketCloseCode.ProtocolError, reason);

    private static WebSocketProtocolException NotUtf8() => new(WebSocketCloseCode.InvalidPayload, "text is not UTF-8");

    [System.Runtime.CompilerServices.InlineArray(WebSocketLimits.ClientHeaderBytes)]
    private struct HeadBytes
    {
        private byte _first;
    }
}
