namespace Granary.Codec;

/// <summary>An array.</summary>
internal sealed class ArrayCodec<T>(ValueCodec<T> item) : ValueCodec<T[]?>
{
    public override T[]? Copy(T[]? value, int depth)
    {
        if (value is null) return null;
        if (item.IsImmutable) return (T[])value.Clone();
        var deeper = Deeper(depth);
        return Array.ConvertAll(value, v => item.Copy(v, deeper));
    }

    public override void Write(CodecWriter writer, uint key, T[]? value) => Sequence.Write(writer, key, value, item);

    public override T[]? Read(ref CodecReader reader, WireType wire) => Sequence.Read(ref reader, wire, item)?.ToArray();
}
