namespace Granary.Codec;

/// <summary>Copies, writes and reads values of one type, known at run time.</summary>
internal abstract class ValueCodec
{
    public abstract Type Type { get; }

    /// <summary>Whether values never change, so that a copy is the value itself.</summary>
    public virtual bool IsImmutable => false;

    public abstract object? CopyObject(object? value, int depth);

    public abstract void WriteObject(CodecWriter writer, uint key, object? value);

    public abstract object? ReadObject(ref CodecReader reader, WireType wire);
}
