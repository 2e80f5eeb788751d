using System.Buffers.Binary;
using System.Text;
using Orleans.Serialization;

namespace Granary.Codec;

/// <summary>Reads fields. Whatever the bytes are, it ends, and with nothing worse than a <see cref="SerializerException"/>.</summary>
internal ref struct CodecReader(ReadOnlySpan<byte> bytes, int depth = 0)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly int Left => _rest.Length;

    public (uint Key, WireType Wire) Header()
    {
        var header = Varint();
        if (header >> 3 > uint.MaxValue) throw Broken("a field number is too large");
        return ((uint)(header >> 3), (WireType)(header & 7));
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }

        throw Broken("a number does not end");
    }

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        return length <= (ulong)_rest.Length ? Take((int)length) : throw Broken("a length points past the end");
    }

    public string Text()
    {
        try
        {
            return Utf8.GetString(Bytes());
        }
        catch (DecoderFallbackException fault)
        {
            throw new SerializerException("The encoded value is broken: a text is not UTF-8.", fault);
        }
    }

    /// <summary>A reader of the fields that come now.</summary>
    public CodecReader Fields()
    {
        if (depth + 1 > CodecLimits.Depth) throw Broken("it is too deep");
        var length = Fixed32();
        return length <= (uint)_rest.Length ? new CodecReader(Take((int)length), depth + 1) : throw Broken("a length points past the end");
    }

    public void Skip(WireType wire)
    {
        for (var typed = 0; ; typed++)
        {
            switch (wire)
            {
                case WireType.Varint: Varint(); return;
                case WireType.Fixed64: Take(8); return;
                case WireType.Fixed32: Take(4); return;
                case WireType.Bytes: Bytes(); return;
                case WireType.Fields: Fields(); return;
                case WireType.Null or WireType.NextLevel: return;
                case WireType.Typed when typed == 0:
                    Bytes();
                    wire = Header().Wire;
                    break;
                default: throw Broken("a type name is followed by another");
            }
        }
    }

    public static void Expect(WireType actual, WireType expected, Type type)
    {
        if (actual != expected) throw new SerializerException($"A {type} is encoded as {expected}, but {actual} came.");
    }

    public static SerializerException Broken(string how) => new($"The encoded value is broken: {how}.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw Broken("it ends too early");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
