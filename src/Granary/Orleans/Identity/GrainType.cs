namespace Orleans.Runtime;

/// <summary>The name of a grain class within the cluster: <see cref="GrainTypeAttribute"/>, else the class name in lower case without "grain" at its end.</summary>
/// <param name="id">The name.</param>
public readonly struct GrainType(IdSpan id) : IEquatable<GrainType>
{
    /// <summary>The name.</summary>
    public IdSpan Value { get; } = id;

    /// <summary>Whether nothing was given.</summary>
    public bool IsDefault => Value.IsDefault;

    /// <summary>From text.</summary>
    /// <param name="value">The name.</param>
    /// <returns>The type.</returns>
    public static GrainType Create(string value) => new(IdSpan.Create(value));

    /// <summary>The bytes of the name.</summary>
    /// <returns>A view.</returns>
    public ReadOnlySpan<byte> AsSpan() => Value.AsSpan();

    /// <summary>A hash that is the same in every process.</summary>
    /// <returns>The hash.</returns>
    public uint GetUniformHashCode() => Value.GetUniformHashCode();

    /// <inheritdoc />
    public bool Equals(GrainType other) => Value == other.Value;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is GrainType other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => Value.ToString();

    /// <summary>Equality.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    /// <returns>Whether they are the same.</returns>
    public static bool operator ==(GrainType left, GrainType right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">Other.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(GrainType left, GrainType right) => !left.Equals(right);
}
