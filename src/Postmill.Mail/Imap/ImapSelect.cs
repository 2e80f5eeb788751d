namespace Postmill.Mail.Imap;

/// <summary>How a mailbox is opened. Mod-sequences (RFC 7162) are asked for where the server has them.</summary>
public sealed record ImapSelectOptions
{
    /// <summary>EXAMINE instead of SELECT: nothing changes, also not <c>\Recent</c>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What we know, to be told the difference; only after QRESYNC was enabled, otherwise ignored.</summary>
    public QResyncParameters? QResync { get; init; }
}

/// <summary>What the client knows of a mailbox (RFC 7162 §3.2.5).</summary>
/// <param name="UidValidity">Known UIDVALIDITY, not 0.</param>
/// <param name="ModSeq">Known HIGHESTMODSEQ, 1 to 2^63 - 1.</param>
public sealed record QResyncParameters(uint UidValidity, long ModSeq);

/// <summary>What the server said about the mailbox it opened; null where it said nothing.</summary>
public sealed record ImapSelected
{
    /// <summary>Number of messages.</summary>
    public uint Exists { get; init; }

    /// <summary>Validity of the UIDs; null: the server has no lasting UIDs.</summary>
    public uint? UidValidity { get; init; }

    /// <summary>The next UID will be this or higher.</summary>
    public uint? UidNext { get; init; }

    /// <summary>Highest mod-sequence (RFC 7162), at most 2^63 - 1; null also where the mailbox has no lasting ones.</summary>
    public long? HighestModSeq { get; init; }

    /// <summary>Whether QRESYNC was asked; only then the next ones mean anything.</summary>
    public bool IsResynced { get; init; }

    /// <summary>UIDs that are gone. May name UIDs that never existed.</summary>
    public UidSet Vanished { get; init; } = UidSet.Empty;

    /// <summary>Messages that changed since the known mod-sequence.</summary>
    public IReadOnlyList<ImapFlags> Changed { get; init; } = [];

    /// <summary>There were more changes than are kept; <see cref="Changed"/> is not all.</summary>
    public bool ChangesOverflowed { get; init; }
}
