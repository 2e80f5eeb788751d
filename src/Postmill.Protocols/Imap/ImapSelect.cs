namespace Postmill.Protocols.Imap;

/// <summary>How a mailbox is opened.</summary>
public sealed record ImapSelectOptions
{
    /// <summary>EXAMINE instead of SELECT: nothing changes, also not <c>\Recent</c>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Ask for mod-sequences (RFC 7162); ignored when the server has none.</summary>
    public bool CondStore { get; init; }

    /// <summary>What we know, to be told the difference; only after QRESYNC was enabled, otherwise ignored.</summary>
    public QResyncParameters? QResync { get; init; }
}

/// <summary>What the client knows of a mailbox (RFC 7162 §3.2.5).</summary>
/// <param name="UidValidity">Known UIDVALIDITY.</param>
/// <param name="ModSeq">Known HIGHESTMODSEQ, 1 to 2^63 - 1.</param>
/// <param name="KnownUids">Known UIDs; null = all below the known UIDNEXT. Left out when it would be too long for a command.</param>
public sealed record QResyncParameters(uint UidValidity, long ModSeq, UidSet? KnownUids = null);

/// <summary>What the server said about the mailbox it opened; null where it said nothing.</summary>
public sealed record ImapSelected
{
    /// <summary>Number of messages.</summary>
    public uint Exists { get; init; }

    /// <summary>Validity of the UIDs; null or 0: the server has no lasting UIDs.</summary>
    public uint? UidValidity { get; init; }

    /// <summary>The next UID will be this or higher.</summary>
    public uint? UidNext { get; init; }

    /// <summary>Highest mod-sequence (RFC 7162), at most 2^63 - 1.</summary>
    public long? HighestModSeq { get; init; }

    /// <summary>The mailbox has no lasting mod-sequences (RFC 7162 §3.1.2.2), whatever the server announces.</summary>
    public bool NoModSeq { get; init; }

    /// <summary>UIDs do not last (RFC 4315).</summary>
    public bool UidNotSticky { get; init; }

    /// <summary>Opened without the right to change anything.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Flags in use.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Flags that can be changed for good; <c>\*</c> = new keywords can be made.</summary>
    public IReadOnlyList<string>? PermanentFlags { get; init; }

    /// <summary>Identity of the mailbox that survives renaming (RFC 8474).</summary>
    public string? MailboxId { get; init; }

    /// <summary>QRESYNC: UIDs that are gone. May name UIDs that never existed.</summary>
    public UidSet Vanished { get; init; } = UidSet.Empty;

    /// <summary>QRESYNC: messages that changed since the known mod-sequence.</summary>
    public IReadOnlyList<ImapFetched> Changed { get; init; } = [];

    /// <summary>There were more changes than <see cref="ImapLimits.SelectChanges"/>; <see cref="Changed"/> is not all.</summary>
    public bool ChangesOverflowed { get; init; }
}
