namespace Postmill.Mail.Dkim;

/// <summary>Bounds of signing.</summary>
public static class DkimLimits
{
    /// <summary>Bits of the smallest key; receivers take no signature of a smaller one (RFC 8301 section 3.2).</summary>
    public const int MinKeyBits = 1024;

    /// <summary>Bits of the largest key every receiver must take (RFC 8301 section 3.2).</summary>
    public const int MaxKeyBits = 4096;

    /// <summary>Characters of a key in PEM; one of 4096 bits has some 3,300.</summary>
    public const int PemChars = 16 << 10;

    /// <summary>Characters of a selector with its dots; it and the domain share a host name.</summary>
    public const int SelectorChars = 100;

    /// <summary>Keys kept ready beyond those in use, one a signature at the same time.</summary>
    public const int IdleKeys = 16;
}
