namespace Postmill.Mail.Imap;

/// <summary>Limits of the session that are not the guard's (<see cref="Net.GuardLimits"/>). What exceeds one is left out, unless the limit says otherwise.</summary>
internal static class ImapLimits
{
    /// <summary>Bytes of a mailbox name on the wire.</summary>
    public const int MailboxNameBytes = 4096;

    /// <summary>Flags and keywords of one message.</summary>
    public const int Flags = 1000;

    /// <summary>Characters of one flag or keyword.</summary>
    public const int FlagLength = 256;

    /// <summary>Changed messages of one QRESYNC SELECT that are kept; beyond it <see cref="ImapSelected.ChangesOverflowed"/> is set.</summary>
    public const int SelectChanges = 50_000;

    /// <summary>UIDs of one VANISHED that are named; more are all.</summary>
    public const int VanishedUids = 1_000_000;

    /// <summary>Messages of one FETCH of flags: MailKit holds its answer whole, and an EXPUNGE goes through all of it.</summary>
    public const int FlagUids = 10_000;

    /// <summary>Mails of one FETCH: its flags and dates are held while the contents come.</summary>
    public const int MailUids = 2_000;

    /// <summary>Mails that have come and wait for the caller; one above <see cref="SmallMailBytes"/> waits alone.</summary>
    public const int MailsAhead = 16;

    /// <summary>Octets up to which a mail may wait while the next one comes.</summary>
    public const int SmallMailBytes = 256 * 1024;

    /// <summary>Bytes of a UID set of a command that must stay one command: RFC 7162 §4 and RFC 2683 §3.2.1.5 let servers refuse lines above 8,192 bytes.</summary>
    public const int CommandSetBytes = 7000;

    /// <summary>Octets of an appended mail that are held and written at once; each such piece has the waiting budget of a command.</summary>
    public const int AppendPieceBytes = 64 * 1024;
}
