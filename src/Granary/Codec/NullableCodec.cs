namespace Granary.Codec;

/// <summary>A value type that may be absent.</summary>
internal sealed class NullableCodec<T>(ValueCodec<T> inner) : ValueCodec<T?>
    where T : struct
{
    public override bool IsImmutable => inner.IsImmutable;

    public override T? Copy(T? value, int depth) => value is { } present ? inner.Copy(present, depth) : null;

    public override void Write(CodecWriter writer, uint key, T? value)
    {
        if (value is { } present) inner.Write(writer, key, present);
        else writer.Header(key, WireType.Null);
    }

    public override T? Read(ref CodecReader reader, WireType wire) => wire == WireType.Null ? null : inner.Read(ref reader, wire);
}
