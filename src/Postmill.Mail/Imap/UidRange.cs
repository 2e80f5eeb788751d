namespace Postmill.Mail.Imap;

/// <summary>An inclusive range of UIDs; <see cref="uint.MaxValue"/> as last stands for "to the end" and is sent as <c>*</c>.</summary>
/// <param name="First">Lowest UID, at least 1.</param>
/// <param name="Last">Highest UID, at least <paramref name="First"/>.</param>
public readonly record struct UidRange(uint First, uint Last)
{
    /// <summary>Number of UIDs the range names.</summary>
    public long Count => (long)Last - First + 1;

    /// <summary>Whether it names the UID.</summary>
    public bool Contains(uint uid) => uid >= First && uid <= Last;
}
