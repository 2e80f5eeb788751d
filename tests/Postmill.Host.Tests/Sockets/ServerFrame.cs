using System.Buffers.Binary;
using System.Text;
using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>One frame as the client sees it; reading asserts that servers neither mask nor fragment.</summary>
internal sealed record ServerFrame(WebSocketOpcode Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    public int CloseCode => Payload.Length == 0 ? WebSocketCloseCode.NoStatus : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>Null at the end of the stream.</summary>
    public static async Task<ServerFrame?> ReadAsync(Stream stream)
    {
        var head = new byte[2];
        if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false) < 2) return null;
        Assert.Equal(0x80, head[0] & 0xF0);
        Assert.Equal(0, head[1] & 0x80);
        var payload = new byte[await LengthAsync(stream, head[1])];
        await stream.ReadExactlyAsync(payload);
        return new ServerFrame((WebSocketOpcode)(head[0] & 0x0F), payload);
    }

    private static async Task<long> LengthAsync(Stream stream, byte small)
    {
        if (small < 126) return small;
        var bytes = new byte[8];
        await stream.ReadExactlyAsync(small == 126 ? bytes.AsMemory(6) : bytes);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
