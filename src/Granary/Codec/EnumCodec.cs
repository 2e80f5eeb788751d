using System.Runtime.CompilerServices;

namespace Granary.Codec;

/// <summary>An enumeration, as its number.</summary>
internal sealed class EnumCodec<TEnum, TNumber>(ValueCodec<TNumber> number) : ValueCodec<TEnum>
    where TEnum : struct, Enum
    where TNumber : struct
{
    public override bool IsImmutable => true;

    public override TEnum Copy(TEnum value, int depth) => value;

    public override void Write(CodecWriter writer, uint key, TEnum value) => number.Write(writer, key, Unsafe.BitCast<TEnum, TNumber>(value));

    public override TEnum Read(ref CodecReader reader, WireType wire) => Unsafe.BitCast<TNumber, TEnum>(number.Read(ref reader, wire));
}
