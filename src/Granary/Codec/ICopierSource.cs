namespace Granary.Codec;

/// <summary>Knows how to copy values of a type.</summary>
internal interface ICopierSource
{
    /// <summary>The copier of a type; throws, naming the type, when it may not travel in calls.</summary>
    Func<object, object> CopierOf(Type type);
}
