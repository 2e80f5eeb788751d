namespace Postmill.Mail.Mime.Writing;

/// <summary>Makes Message-IDs (RFC 5322 section 3.6.4).</summary>
public static class MessageIdMaker
{
    /// <summary>Octets of randomness that no two mails of a fleet share by chance.</summary>
    public const int RandomBytes = 16;

    /// <summary>An id without angle brackets: the randomness in hex, at the domain of the sender.</summary>
    /// <param name="from">Whose domain stands behind it.</param>
    /// <param name="random"><see cref="RandomBytes"/> or more octets nobody can guess.</param>
    public static string Make(AddrSpec from, ReadOnlySpan<byte> random)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(random.Length, RandomBytes);
        // An id may hold no address literal's colon in the eyes of some readers; the mailbox is no secret's place anyway.
        var domain = from.Domain.StartsWith('[') ? "localhost" : from.Domain.ToLowerInvariant();
        return $"{Convert.ToHexStringLower(random)}@{domain}";
    }
}
