using System.Globalization;
using Orleans.Runtime;

namespace Granary.Codec;

/// <summary>The values without parts that may travel in calls.</summary>
internal static class Leaves
{
    public static IEnumerable<ValueCodec> All =>
    [
        Number<bool>(v => v ? 1ul : 0, v => v != 0),
        Number<byte>(v => v, v => checked((byte)v)),
        Number<ushort>(v => v, v => checked((ushort)v)),
        Number<uint>(v => v, v => checked((uint)v)),
        Number<ulong>(v => v, v => v),
        Number<char>(v => v, v => checked((char)v)),
        Number<sbyte>(v => Zig(v), v => checked((sbyte)Zag(v))),
        Number<short>(v => Zig(v), v => checked((short)Zag(v))),
        Number<int>(v => Zig(v), v => checked((int)Zag(v))),
        Number<long>(Zig, Zag),
        Number<TimeSpan>(v => Zig(v.Ticks), v => new TimeSpan(Zag(v))),
        Number<DateOnly>(v => (ulong)v.DayNumber, v => DateOnly.FromDayNumber(checked((int)v))),
        Number<TimeOnly>(v => (ulong)v.Ticks, v => new TimeOnly(checked((long)v))),
        new LeafCodec<float>(WireType.Fixed32, (w, v) => w.Fixed32(BitConverter.SingleToUInt32Bits(v)), (ref r) => BitConverter.UInt32BitsToSingle(r.Fixed32())),
        new LeafCodec<double>(WireType.Fixed64, (w, v) => w.Fixed64(BitConverter.DoubleToUInt64Bits(v)), (ref r) => BitConverter.UInt64BitsToDouble(r.Fixed64())),
        new LeafCodec<DateTime>(WireType.Fixed64, (w, v) => w.Fixed64(unchecked((ulong)v.ToBinary())), (ref r) => Checked(r.Fixed64(), v => DateTime.FromBinary(unchecked((long)v)))),
        new LeafCodec<Guid>(WireType.Bytes, (w, v) => w.Bytes(v.ToByteArray()), (ref r) => r.Bytes() is { Length: 16 } b ? new Guid(b) : throw CodecReader.Broken("a Guid has 16 bytes")),
        Texts<string>(v => v, v => v),
        Texts<decimal>(v => v.ToString(CultureInfo.InvariantCulture), v => decimal.Parse(v, NumberStyles.Number, CultureInfo.InvariantCulture)),
        Texts<DateTimeOffset>(v => v.ToString("O", CultureInfo.InvariantCulture), v => DateTimeOffset.ParseExact(v, "O", CultureInfo.InvariantCulture)),
        Texts<Uri>(v => v.OriginalString, v => new Uri(v, UriKind.RelativeOrAbsolute)),
        Texts<Version>(v => v.ToString(), Version.Parse),
        Texts<GrainId>(v => v.ToString(), GrainId.Parse),
        new LeafCodec<byte[]>(WireType.Bytes, (w, v) => w.Bytes(v), (ref r) => r.Bytes().ToArray(), v => v.AsSpan().ToArray()),
        new LeafCodec<ReadOnlyMemory<byte>>(WireType.Bytes, (w, v) => w.Bytes(v.Span), (ref r) => r.Bytes().ToArray(), v => v.ToArray()),
        new LeafCodec<Memory<byte>>(WireType.Bytes, (w, v) => w.Bytes(v.Span), (ref r) => r.Bytes().ToArray(), v => v.ToArray()),
    ];

    private static LeafCodec<T> Number<T>(Func<T, ulong> to, Func<ulong, T> from) =>
        new(WireType.Varint, (w, v) => w.Varint(to(v)), (ref r) => Checked(r.Varint(), from));

    private static LeafCodec<T> Texts<T>(Func<T, string> to, Func<string, T> from) =>
        new(WireType.Bytes, (w, v) => w.Text(to(v)), (ref r) => Checked(r.Text(), from));

    private static T Checked<TRaw, T>(TRaw raw, Func<TRaw, T> from)
    {
        try
        {
            return from(raw);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            throw new Orleans.Serialization.SerializerException($"The encoded value is broken: {raw} is no {typeof(T)}.", fault);
        }
    }

    private static ulong Zig(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));

    private static long Zag(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));
}
