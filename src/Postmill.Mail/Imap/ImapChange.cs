namespace Postmill.Mail.Imap;

/// <summary>A mail that is to be put into a mailbox.</summary>
/// <param name="Length">Octets of its content.</param>
public sealed record ImapAppend(long Length)
{
    /// <summary>System flags it begins with.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Its INTERNALDATE; null: the server's now.</summary>
    public DateTimeOffset? InternalDate { get; init; }
}

/// <summary>Where an appended mail is (APPENDUID, RFC 4315 §3).</summary>
/// <param name="UidValidity">Null, as <paramref name="Uid"/> is, when the server does not tell.</param>
/// <param name="Uid">Its UID.</param>
public sealed record ImapAppended(uint? UidValidity, uint? Uid);

/// <summary>Where copied or moved mails are (COPYUID, RFC 4315 §3, RFC 6851 §4.3).</summary>
/// <param name="UidValidity">Of the target; null when the server does not tell.</param>
/// <param name="Target">UIDs of the copies.</param>
public sealed record ImapCopied(uint? UidValidity, UidSet Target);
