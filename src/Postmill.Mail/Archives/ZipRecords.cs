using System.Buffers.Binary;
using System.Text;

namespace Postmill.Mail.Archives;

/// <summary>
/// The octets of a zip around stored files (APPNOTE 4.3 to 4.5): each record depends on its own values alone, so that any range of a zip can be made without the rest of it.
/// Names are UTF-8; ZIP64 records stand where a number needs them and nowhere else.
/// </summary>
public static class ZipRecords
{
    private const ushort Version = 20;
    private const ushort Version64 = 45;
    private const ushort MadeOnUnix = 3 << 8;
    private const uint RegularFile = 0b1_000_000_110_100_100u << 16; // rw-r--r--
    private const ushort Utf8Names = 1 << 11;
    private const int LocalFixed = 30;
    private const int DirectoryFixed = 46;
    private const int Offset64 = 12;
    private const int EndFixed = 22;
    private const int End64 = 56 + 20;

    /// <summary>What stands before a file's octets (4.3.7).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The file has 4 GiB or more.</exception>
    public static byte[] Local(ZipEntry entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(entry.Size, uint.MaxValue);
        var record = new byte[LocalFixed + Encoding.UTF8.GetByteCount(entry.Name)];
        var writer = new Writer(record);
        writer.U32(0x04034b50);
        writer.U16(Version);
        WriteFile(ref writer, entry, record.Length - LocalFixed);
        writer.U16(0);
        Encoding.UTF8.GetBytes(entry.Name, record.AsSpan(LocalFixed));
        return record;
    }

    /// <summary>Octets of <see cref="Local"/>.</summary>
    public static int LocalLength(string name) => LocalFixed + Encoding.UTF8.GetByteCount(name);

    /// <summary>The file's line in the directory (4.3.12).</summary>
    /// <param name="entry">The file.</param>
    /// <param name="offset">Where its local record begins.</param>
    public static byte[] Directory(ZipEntry entry, long offset)
    {
        var far = offset >= uint.MaxValue;
        var record = new byte[DirectoryLength(entry.Name, offset)];
        var name = record.Length - DirectoryFixed - (far ? Offset64 : 0);
        var writer = new Writer(record);
        writer.U32(0x02014b50);
        writer.U16((ushort)(MadeOnUnix | (far ? Version64 : Version)));
        writer.U16(far ? Version64 : Version);
        WriteFile(ref writer, entry, name);
        writer.U16((ushort)(far ? Offset64 : 0));
        writer.U16(0);
        writer.U16(0);
        writer.U16(0);
        writer.U32(RegularFile);
        writer.U32((uint)Math.Min(offset, uint.MaxValue));
        writer.Skip(Encoding.UTF8.GetBytes(entry.Name, record.AsSpan(DirectoryFixed)));
        if (!far) return record;
        writer.U16(1); // ZIP64 extra field (4.5.3): only what does not fit above
        writer.U16(8);
        writer.U64(offset);
        return record;
    }

    /// <summary>Octets of <see cref="Directory"/>.</summary>
    public static int DirectoryLength(string name, long offset) => DirectoryFixed + Encoding.UTF8.GetByteCount(name) + (offset >= uint.MaxValue ? Offset64 : 0);

    /// <summary>What stands behind the directory (4.3.14 to 4.3.16).</summary>
    /// <param name="count">Files.</param>
    /// <param name="offset">Where the directory begins.</param>
    /// <param name="length">Its octets.</param>
    public static byte[] End(long count, long offset, long length)
    {
        var large = count >= ushort.MaxValue || offset >= uint.MaxValue || length >= uint.MaxValue;
        var record = new byte[EndFixed + (large ? End64 : 0)];
        var writer = new Writer(record);
        if (large) WriteEnd64(ref writer, count, offset, length);
        writer.U32(0x06054b50);
        writer.U32(0);
        writer.U16((ushort)Math.Min(count, ushort.MaxValue));
        writer.U16((ushort)Math.Min(count, ushort.MaxValue));
        writer.U32((uint)Math.Min(length, uint.MaxValue));
        writer.U32((uint)Math.Min(offset, uint.MaxValue));
        writer.U16(0);
        return record;
    }

    private static void WriteEnd64(ref Writer writer, long count, long offset, long length)
    {
        writer.U32(0x06064b50);
        writer.U64(44);
        writer.U16(MadeOnUnix | Version64);
        writer.U16(Version64);
        writer.U64(0);
        writer.U64(count);
        writer.U64(count);
        writer.U64(length);
        writer.U64(offset);
        writer.U32(0x07064b50);
        writer.U32(0);
        writer.U64(offset + length);
        writer.U32(1);
    }

    /// <summary>What local record and directory line have in common.</summary>
    private static void WriteFile(ref Writer writer, ZipEntry entry, int nameLength)
    {
        var at = entry.At.UtcDateTime;
        if (at.Year < 1980) at = new DateTime(1980, 1, 1);
        else if (at.Year > 2107) at = new DateTime(2107, 12, 31, 23, 59, 58);
        writer.U16(Utf8Names);
        writer.U16(0); // stored
        writer.U16((ushort)((at.Hour << 11) | (at.Minute << 5) | (at.Second / 2)));
        writer.U16((ushort)(((at.Year - 1980) << 9) | (at.Month << 5) | at.Day));
        writer.U32(entry.Crc);
        writer.U32((uint)entry.Size);
        writer.U32((uint)entry.Size);
        writer.U16((ushort)nameLength);
    }

    private ref struct Writer(Span<byte> record)
    {
        private Span<byte> _rest = record;

        public void U16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_rest, value);
            Skip(2);
        }

        public void U32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_rest, value);
            Skip(4);
        }

        public void U64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_rest, value);
            Skip(8);
        }

        public void Skip(int octets) => _rest = _rest[octets..];
    }
}
