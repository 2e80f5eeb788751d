using System.Diagnostics.CodeAnalysis;

namespace Postmill.Host.Http;

/// <summary>A part of a request that was understood, or the refusal to answer with.</summary>
internal readonly struct Bound<T> where T : class
{
    private Bound(T? value, ApiError? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    public T? Value { get; }

    public ApiError? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

    public static implicit operator Bound<T>(T value) => new(value, null);

    public static implicit operator Bound<T>(ApiError refusal) => new(null, refusal);
}
