using System.Buffers.Binary;

namespace Postmill.Host.Sockets;

/// <summary>Server frames as bytes, RFC 6455 section 5.2: no mask, so one encoding serves every connection it is sent to.</summary>
public static class WebSocketFrames
{
    /// <summary>One whole text frame, for <see cref="WebSocketConnection.SendFramesAsync"/>. Encode once, send to many.</summary>
    /// <param name="utf8">Valid UTF-8; it is not checked again.</param>
    public static byte[] Text(ReadOnlySpan<byte> utf8)
    {
        var frame = new byte[SizeOf(utf8.Length)];
        Write(frame, WebSocketOpcode.Text, utf8);
        return frame;
    }

    internal static int SizeOf(int payload) => payload + (payload switch { <= WebSocketLimits.ControlPayloadBytes => 2, <= ushort.MaxValue => 4, _ => WebSocketLimits.ServerHeaderBytes });

    internal static byte[] Control(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[SizeOf(payload.Length)];
        Write(frame, opcode, payload);
        return frame;
    }

    /// <summary>A close frame; code 1005 stands for one without a code.</summary>
    internal static byte[] Close(ushort code, string reason)
    {
        if (code == WebSocketCloseCode.NoStatus) return Control(WebSocketOpcode.Close, []);
        var text = WebSocketText.Truncate(reason, WebSocketLimits.CloseReasonBytes);
        var payload = new byte[2 + text.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        text.CopyTo(payload, 2);
        return Control(WebSocketOpcode.Close, payload);
    }

    /// <summary>Writes one unfragmented frame and returns its size, <see cref="SizeOf"/>.</summary>
    internal static int Write(Span<byte> target, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        target[0] = (byte)(0x80 | (byte)opcode);
        var head = SizeOf(payload.Length) - payload.Length;
        switch (head)
        {
            case 2:
                target[1] = (byte)payload.Length;
                break;
            case 4:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload.Length);
                break;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(target[2..], payload.Length);
                break;
        }
        payload.CopyTo(target[head..]);
        return head + payload.Length;
    }
}
