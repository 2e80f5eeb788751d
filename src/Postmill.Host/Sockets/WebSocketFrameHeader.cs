using System.Buffers.Binary;

namespace Postmill.Host.Sockets;

/// <summary>The head of one client frame, RFC 6455 section 5.2, with every rule that can be told from it alone.</summary>
internal readonly record struct WebSocketFrameHeader(bool Fin, WebSocketOpcode Opcode, long Length, uint Mask)
{
    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>Bytes the whole head has, told by its first two; the second one also says whether more must be awaited.</summary>
    public static int SizeOf(byte second) => 2 + (second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 } + ((second & 0x80) != 0 ? 4 : 0);

    /// <summary>Checks the first two bytes, so that a wrong frame is refused before it can make us wait.</summary>
    /// <exception cref="WebSocketProtocolException">1002.</exception>
    public static void Check(byte first, byte second)
    {
        if ((first & 0x70) != 0) throw Broken("reserved bits set without an extension");
        var opcode = (WebSocketOpcode)(first & 0x0F);
        if (opcode is not (WebSocketOpcode.Continuation or WebSocketOpcode.Text or WebSocketOpcode.Binary
            or WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong)) throw Broken("reserved opcode");
        if ((second & 0x80) == 0) throw Broken("client frame without mask");
        if (opcode < WebSocketOpcode.Close) return;
        if ((first & 0x80) == 0) throw Broken("fragmented control frame");
        if ((second & 0x7F) > WebSocketLimits.ControlPayloadBytes) throw Broken("control frame over 125 bytes");
    }

    /// <summary>Reads a head that passed <see cref="Check"/> and is whole.</summary>
    /// <exception cref="WebSocketProtocolException">1002: the length is not in its shortest form or has its top bit set.</exception>
    public static WebSocketFrameHeader Parse(ReadOnlySpan<byte> head)
    {
        var length = (head[1] & 0x7F) switch
        {
            126 => Shortest(BinaryPrimitives.ReadUInt16BigEndian(head[2..]), 126),
            127 => Shortest(BinaryPrimitives.ReadInt64BigEndian(head[2..]), 65536),
            var small => small,
        };
        // Little-endian on purpose: byte i of the mask is then (Mask >> 8*i), whatever the machine.
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(head[^4..]);
        return new WebSocketFrameHeader((head[0] & 0x80) != 0, (WebSocketOpcode)(head[0] & 0x0F), length, mask);
    }

    private static long Shortest(long length, long least) => length >= least ? length : throw Broken("length not in its shortest form");

    private static WebSocketProtocolException Broken(string reason) => new(WebSocketCloseCode.ProtocolError, reason);
}
