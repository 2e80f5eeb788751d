using System.Buffers.Binary;

namespace Postmill.Mail.Archives;

/// <summary>The checksum of a zip's entries (APPNOTE 4.4.7: polynomial 0xEDB88320, reflected, inverted at both ends), eight octets a step.</summary>
public sealed class Crc32
{
    private static readonly uint[][] Tables = MakeTables();

    private uint _state = uint.MaxValue;

    /// <summary>Of everything appended so far.</summary>
    public uint Value => ~_state;

    /// <summary>The checksum of <paramref name="octets"/> alone.</summary>
    public static uint Of(ReadOnlySpan<byte> octets)
    {
        var crc = new Crc32();
        crc.Append(octets);
        return crc.Value;
    }

    /// <summary>Goes on with more octets.</summary>
    public void Append(ReadOnlySpan<byte> octets)
    {
        var state = _state;
        for (; octets.Length >= 8; octets = octets[8..])
        {
            var (low, high) = (BinaryPrimitives.ReadUInt32LittleEndian(octets) ^ state, BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]));
            state = Tables[7][(byte)low] ^ Tables[6][(byte)(low >> 8)] ^ Tables[5][(byte)(low >> 16)] ^ Tables[4][low >> 24]
                ^ Tables[3][(byte)high] ^ Tables[2][(byte)(high >> 8)] ^ Tables[1][(byte)(high >> 16)] ^ Tables[0][high >> 24];
        }

        foreach (var octet in octets) state = Tables[0][(byte)(state ^ octet)] ^ (state >> 8);
        _state = state;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var table = 0; table < 8; table++)
        {
            tables[table] = new uint[256];
            for (uint octet = 0; octet < 256; octet++)
            {
                var value = table == 0 ? octet : tables[table - 1][octet];
                for (var bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : 0xEDB88320 ^ (value >> 1);
                tables[table][octet] = value;
            }
        }

        return tables;
    }
}
