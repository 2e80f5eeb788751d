using Orleans.Serialization;

namespace Granary.Codec;

/// <summary>Copies, writes and reads values of <typeparamref name="T"/>.</summary>
internal abstract class ValueCodec<T> : ValueCodec
{
    public override Type Type => typeof(T);

    /// <summary>A value nobody else holds.</summary>
    public abstract T Copy(T value, int depth);

    /// <summary>Writes a field.</summary>
    public abstract void Write(CodecWriter writer, uint key, T value);

    /// <summary>Reads the field whose header has just been read.</summary>
    public abstract T Read(ref CodecReader reader, WireType wire);

    public sealed override object? CopyObject(object? value, int depth) => Copy((T)value!, depth);

    public sealed override void WriteObject(CodecWriter writer, uint key, object? value) => Write(writer, key, (T)value!);

    public sealed override object? ReadObject(ref CodecReader reader, WireType wire) => Read(ref reader, wire);

    protected static int Deeper(int depth) => depth < CodecLimits.Depth
        ? depth + 1
        : throw new SerializerException($"A {typeof(T)} is more than {CodecLimits.Depth} levels deep; does it contain itself?");
}
