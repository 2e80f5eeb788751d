namespace Granary.Codec;

/// <summary>An abstract class, an interface or <see cref="object"/>: the value says what it is.</summary>
internal sealed class PolymorphicCodec<T>(Codecs codecs) : ValueCodec<T?>
    where T : class
{
    public override T? Copy(T? value, int depth) => value is null ? null : (T?)codecs.Get(value.GetType()).CopyObject(value, depth);

    public override void Write(CodecWriter writer, uint key, T? value)
    {
        if (value is null) writer.Header(key, WireType.Null);
        else codecs.WriteTyped(writer, key, value, value.GetType());
    }

    public override T? Read(ref CodecReader reader, WireType wire)
    {
        if (wire == WireType.Null) return null;
        CodecReader.Expect(wire, WireType.Typed, typeof(T));
        return (T?)codecs.ReadTyped(ref reader, typeof(T));
    }
}
