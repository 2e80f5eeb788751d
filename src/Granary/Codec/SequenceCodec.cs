namespace Granary.Codec;

/// <summary>A collection other than an array, by how it is made from its items.</summary>
internal sealed class SequenceCodec<TSequence, T>(ValueCodec<T> item, Func<TSequence?, List<T>, TSequence> make, bool frozen) : ValueCodec<TSequence?>
    where TSequence : IEnumerable<T>
{
    /// <summary>A frozen collection of things that do not change does not change.</summary>
    public override bool IsImmutable => frozen && item.IsImmutable;

    public override TSequence? Copy(TSequence? value, int depth)
    {
        if (value is null || IsImmutable || IsEmptyStruct(value)) return value;
        var deeper = Deeper(depth);
        var copies = new List<T>(value.TryGetNonEnumeratedCount(out var count) ? count : 0);
        foreach (var one in value) copies.Add(item.Copy(one, deeper));
        return make(value, copies);
    }

    public override void Write(CodecWriter writer, uint key, TSequence? value) =>
        Sequence.Write(writer, key, value is null || IsEmptyStruct(value) ? null : value, item);

    public override TSequence? Read(ref CodecReader reader, WireType wire) =>
        Sequence.Read(ref reader, wire, item) is { } items ? make(default, items) : default;

    // A default ImmutableArray is not null, yet has nothing that can be enumerated.
    private static bool IsEmptyStruct(TSequence value) => typeof(TSequence).IsValueType && EqualityComparer<TSequence>.Default.Equals(value, default!);
}
