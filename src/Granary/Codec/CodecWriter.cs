using System.Buffers.Binary;
using System.Text;
using Orleans.Serialization;

namespace Granary.Codec;

/// <summary>Writes fields into a growing buffer.</summary>
internal sealed class CodecWriter
{
    private byte[] _buffer = new byte[256];
    private int _length;
    private int _depth;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Header(uint key, WireType wire) => Varint(((ulong)key << 3) | (ulong)wire);

    public void Varint(ulong value)
    {
        var room = Room(10);
        var n = 0;
        while (value >= 0x80)
        {
            room[n++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[n++] = (byte)value;
        _length += n;
    }

    public void Fixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        _length += 4;
    }

    public void Fixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);
        _length += 8;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        value.CopyTo(Room(value.Length));
        _length += value.Length;
    }

    public void Text(string value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)bytes);
        Encoding.UTF8.GetBytes(value, Room(bytes));
        _length += bytes;
    }

    /// <summary>Begins a field of fields.</summary>
    /// <returns>What <see cref="End"/> needs.</returns>
    public int Begin(uint key)
    {
        if (++_depth > CodecLimits.Depth) throw new SerializerException($"The value is more than {CodecLimits.Depth} levels deep; does it contain itself?");
        Header(key, WireType.Fields);
        Room(4);
        return _length += 4;
    }

    public void End(int begin)
    {
        _depth--;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(begin - 4), _length - begin);
    }

    private Span<byte> Room(int size)
    {
        if (_length + (long)size > CodecLimits.Bytes) throw new SerializerException($"The value takes more than {CodecLimits.Bytes} bytes.");
        if (_buffer.Length - _length < size) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        return _buffer.AsSpan(_length, size);
    }
}
