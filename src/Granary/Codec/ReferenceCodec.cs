using Orleans;
using Orleans.Runtime;

namespace Granary.Codec;

/// <summary>A grain reference, as its identity. A grain that hands out itself hands out a reference.</summary>
internal sealed class ReferenceCodec<T>(Func<GrainId, object> reference) : ValueCodec<T?>
    where T : class, IAddressable
{
    public override T? Copy(T? value, int depth) => value is IGrainBase grain ? (T)reference(grain.GrainContext.GrainId) : value;

    public override void Write(CodecWriter writer, uint key, T? value)
    {
        writer.Header(key, value is null ? WireType.Null : WireType.Bytes);
        if (value is not null) writer.Text(value.GetGrainId().ToString());
    }

    public override T? Read(ref CodecReader reader, WireType wire)
    {
        if (wire == WireType.Null) return null;
        CodecReader.Expect(wire, WireType.Bytes, typeof(T));
        return GrainId.TryParse(reader.Text(), out var id) ? (T)reference(id) : throw CodecReader.Broken("a grain identity is type/key");
    }
}
