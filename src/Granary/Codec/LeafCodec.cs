namespace Granary.Codec;

/// <summary>A value without parts.</summary>
internal sealed class LeafCodec<T>(WireType form, Action<CodecWriter, T> write, LeafCodec<T>.Reading read, Func<T, T>? copy = null) : ValueCodec<T>
{
    public delegate T Reading(ref CodecReader reader);

    public override bool IsImmutable => copy is null;

    public override T Copy(T value, int depth) => copy is null || value is null ? value : copy(value);

    public override void Write(CodecWriter writer, uint key, T value)
    {
        writer.Header(key, value is null ? WireType.Null : form);
        if (value is not null) write(writer, value);
    }

    public override T Read(ref CodecReader reader, WireType wire)
    {
        if (wire == WireType.Null) return default!;
        CodecReader.Expect(wire, form, typeof(T));
        return read(ref reader);
    }
}
