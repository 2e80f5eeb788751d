using System.Buffers.Binary;
using System.Text;
using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>What clients put on the wire, right and wrong.</summary>
internal static class ClientFrames
{
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    public static byte[] Text(string text, bool fin = true) => Encode(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] More(string text, bool fin) => Encode(WebSocketOpcode.Continuation, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Ping(string payload = "") => Encode(WebSocketOpcode.Ping, Encoding.UTF8.GetBytes(payload));

    public static byte[] Pong(string payload = "") => Encode(WebSocketOpcode.Pong, Encoding.UTF8.GetBytes(payload));

    public static byte[] Close(int code, string reason = "") =>
        Encode(WebSocketOpcode.Close, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public static byte[] Encode(WebSocketOpcode opcode, byte[] payload, bool fin = true, bool masked = true, byte reserved = 0)
    {
        byte[] length = payload.Length switch
        {
            <= 125 => [(byte)payload.Length],
            <= 65535 => [126, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [127, .. LongLength(payload.Length)],
        };
        if (masked) length[0] |= 0x80;
        var first = (byte)((fin ? 0x80 : 0) | (reserved << 4) | (byte)opcode);
        return masked ? [first, .. length, .. Mask, .. payload.Select((b, i) => (byte)(b ^ Mask[i & 3]))] : [first, .. length, .. payload];
    }

    /// <summary>Only the head of a text frame that claims a length, in the eight-byte form.</summary>
    public static byte[] Claim(ulong length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, length);
        return [0x81, 0xFF, .. bytes, .. Mask];
    }

    private static byte[] LongLength(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, length);
        return bytes;
    }
}
