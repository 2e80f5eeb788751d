namespace Granary.Codec;

/// <summary>A codec that is completed after it is known, because types refer to each other.</summary>
internal interface IObjectCodec
{
    void Complete(IReadOnlyList<Type> levels, Func<Type, ValueCodec> codecOf);
}
