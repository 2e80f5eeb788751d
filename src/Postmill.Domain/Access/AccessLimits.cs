namespace Postmill.Domain.Access;

/// <summary>Bounds of sessions, passwords and keys.</summary>
public static class AccessLimits
{
    /// <summary>Characters. Shorter ones fall to guessing within the sign-in rate limit.</summary>
    public const int MinPasswordLength = 8;

    /// <summary>Characters. Longer ones only buy an attacker hashing time.</summary>
    public const int MaxPasswordLength = 256;

    /// <summary>Octets of an address in SMTP's path (RFC 5321 §4.5.3.1.3, erratum 1690).</summary>
    public const int MaxEmailLength = 254;

    /// <summary>Characters of a token as a client presents it; ours have 64 and 68, and nothing longer is hashed.</summary>
    public const int MaxTokenLength = 512;

    /// <summary>Characters; a name is for people to tell keys apart.</summary>
    public const int MaxKeyNameLength = 100;

    /// <summary>Living keys of one user; the list is answered in pages all the same.</summary>
    public const int MaxKeysPerUser = 100;

    /// <summary>Open sessions of one user; the oldest goes when a newer one is opened.</summary>
    public const int MaxSessionsPerUser = 100;

    /// <summary>Rows of expired sessions removed by one sign-in, so that none of them waits for the cleaning.</summary>
    public const int ExpiredSessionsPerSignIn = 200;

    /// <summary>Entries of the table of failed sign-ins; about 2 MB at the longest addresses.</summary>
    public const int MaxFailureEntries = 10_000;

    /// <summary>A key's last use is written at most this often: one row update a minute, however busy the key.</summary>
    public static readonly TimeSpan LastUsedResolution = TimeSpan.FromMinutes(1);
}
