namespace Postmill.Protocols.Imap;

/// <summary>Every limit of the IMAP client. The server is hostile or broken: what exceeds a limit ends the connection with
/// <see cref="Net.MailFault.LimitExceeded"/>, unless the limit says otherwise.</summary>
public sealed record ImapLimits
{
    /// <summary>Bytes of one response without its detached message bodies, for commands with short answers. Long enough for a CAPABILITY
    /// or LIST answer with every extension, short enough to stop a 10 MB line.</summary>
    public int ResponseBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of one response of SEARCH, SELECT and FETCH: a plain SEARCH over a million ten-digit UIDs, or a VANISHED set with
    /// every other UID of them.</summary>
    public int SetResponseBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of a literal that is not a message body: mailbox names, namespace prefixes, ID values.</summary>
    public int InlineLiteralBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of one message body, in memory or in a sink: all that RFC 3501 §9 can announce, a number of 32 bits. A body that nobody wants is read
    /// past, which costs time and no memory; a connection that ended over it would end again at every sync of its folder.</summary>
    public long BodyBytes { get; init; } = uint.MaxValue;

    /// <summary>Depth of parenthesized lists.</summary>
    public int NestingDepth { get; init; } = 32;

    /// <summary>Untagged responses to one command with short answers, and events of one IDLE.</summary>
    public int UntaggedResponses { get; init; } = 200_000;

    /// <summary>Untagged responses to one SELECT, SEARCH or FETCH: several for each mail of a five-million-mail folder.</summary>
    public int SetUntaggedResponses { get; init; } = 20_000_000;

    /// <summary>Mailboxes of one LIST; a hundred times the largest account we know.</summary>
    public int Mailboxes { get; init; } = 100_000;

    /// <summary>Bytes of a mailbox name on the wire; longer ones are left out of LIST.</summary>
    public int MailboxNameBytes { get; init; } = 4096;

    /// <summary>Capabilities of one server.</summary>
    public int Capabilities { get; init; } = 500;

    /// <summary>Flags and keywords of one message or mailbox; further ones are ignored.</summary>
    public int Flags { get; init; } = 1000;

    /// <summary>Bytes of one flag or keyword; longer ones are ignored.</summary>
    public int FlagBytes { get; init; } = 256;

    /// <summary>Distinct keywords that are remembered per connection, so that equal ones share a string.</summary>
    public int InternedKeywords { get; init; } = 256;

    /// <summary>FETCH answers of one QRESYNC SELECT that are kept; beyond it <see cref="ImapSelected.ChangesOverflowed"/> is set and the
    /// caller fetches CHANGEDSINCE, which is streamed.</summary>
    public int SelectChanges { get; init; } = 50_000;

    /// <summary>Bytes of a UID set in one command; RFC 7162 §4 and RFC 2683 §3.2.1.5 let servers refuse lines above 8,192 bytes.</summary>
    public int CommandSetBytes { get; init; } = 7000;

    /// <summary>Bytes of an appended mail that are held and written at once; each such piece has the waiting budget of a command.</summary>
    public int AppendPieceBytes { get; init; } = 64 * 1024;

    /// <summary>Commands that may be on their way at the same time.</summary>
    public int Pipeline { get; init; } = 8;

    /// <summary>Waiting budget for the answer to DONE; some servers never give it.</summary>
    public TimeSpan IdleDone { get; init; } = TimeSpan.FromSeconds(10);
}
