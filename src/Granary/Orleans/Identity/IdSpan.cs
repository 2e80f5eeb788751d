using System.Text;

namespace Orleans.Runtime;

/// <summary>A short UTF-8 text as part of an identity; its hash is the same in every process.</summary>
public readonly struct IdSpan : IEquatable<IdSpan>
{
    private readonly byte[]? _value;
    private readonly int _hash;

    /// <summary>Takes UTF-8 bytes; the array must not change afterwards.</summary>
    /// <param name="value">The bytes.</param>
    public IdSpan(byte[] value)
    {
        _value = value;
        _hash = unchecked((int)StableHash.Of(value));
    }

    /// <summary>Whether nothing was given.</summary>
    public bool IsDefault => _value is null;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Value => _value;

    /// <summary>From text.</summary>
    /// <param name="id">The text.</param>
    /// <returns>The span.</returns>
    public static IdSpan Create(string id) => new(Encoding.UTF8.GetBytes(id));

    /// <summary>The bytes.</summary>
    /// <returns>A view.</returns>
    public ReadOnlySpan<byte> AsSpan() => _value;

    /// <summary>A hash that is the same in every process.</summary>
    /// <returns>The hash.</returns>
    public uint GetUniformHashCode() => unchecked((uint)_hash);

    /// <inheritdoc />
    public bool Equals(IdSpan other) => _hash == other._hash && AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <inheritdoc />
    public override string ToString() => _value is null ? "" : Encoding.UTF8.GetString(_value);

    /// <summary>Equality.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    /// <returns>Whether they are the same.</returns>
    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
