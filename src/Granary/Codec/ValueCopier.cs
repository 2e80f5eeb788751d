namespace Granary.Codec;

/// <summary>Copies values of one declared type; what to do is found at first use, so that a bad type fails the call and not the silo.</summary>
internal sealed class ValueCopier(Type type, ICopierSource copiers)
{
    private Func<object, object>? _copy;

    public object? Copy(object? value) => value is null ? null : (_copy ??= copiers.CopierOf(type))(value);
}
