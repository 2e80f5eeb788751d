using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Postmill.Host.Sockets;

/// <summary>The client's masking, RFC 6455 section 5.3.</summary>
internal static class WebSocketMask
{
    /// <summary>XORs <paramref name="data"/>, which starts at <paramref name="position"/> within its frame's payload. Masking and unmasking are the same.</summary>
    public static void Apply(Span<byte> data, uint mask, long position)
    {
        var turned = BitOperations.RotateRight(mask, (int)(position & 3) * 8);
        var pattern = turned | ((ulong)turned << 32);
        if (!BitConverter.IsLittleEndian) pattern = BinaryPrimitives.ReverseEndianness(pattern);
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        for (var i = 0; i < words.Length; i++) words[i] ^= pattern;
        for (var i = words.Length * sizeof(ulong); i < data.Length; i++) data[i] ^= (byte)(turned >> ((i & 3) * 8));
    }
}
