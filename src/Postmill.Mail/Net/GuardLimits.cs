namespace Postmill.Mail.Net;

/// <summary>
/// What a server may say before <see cref="GuardedStream"/> ends the connection. MailKit reads lists by recursion and lines and replies into memory without a bound: 2,000 nested lists
/// overflow the stack and end the process, an endless EHLO takes all its memory.
/// </summary>
public sealed record GuardLimits
{
    /// <summary>Lists within each other in an IMAP response, outside quotes and literals. A body of 100 levels is no mail that a person wrote; MailKit's stack bears more than ten times as many.</summary>
    public int Nesting { get; init; } = 100;

    /// <summary>Octets of one IMAP line without its literals. CAPABILITY with every extension takes some thousands.</summary>
    public int LineBytes { get; init; } = 1024 * 1024;

    /// <summary>Octets of one SEARCH, ESEARCH, SORT or VANISHED line: a set over a folder of a million mails with holes fits.</summary>
    public int SetLineBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Octets from one command of ours to the next, literals not counted: a million FETCH lines of flags and MODSEQ.</summary>
    public int AnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Lines from one command of ours to the next. Each costs MailKit some microseconds, also a line that tells it nothing.</summary>
    public int AnswerLines { get; init; } = 250_000;

    /// <summary>
    /// Lines of the answer to FETCH, which MailKit holds sorted until the last, and an EXPUNGE goes through all; and lines within one IDLE, each of which it tells at once. Twice a range of 10,000
    /// mails and more.
    /// </summary>
    public int FetchLines { get; init; } = 25_000;

    /// <summary>Mailboxes told from one command of ours to the next, asked for or not; MailKit keeps about a kilobyte for each. Fifty times the largest account we know.</summary>
    public int Mailboxes { get; init; } = 50_000;

    /// <summary>
    /// How many numbers MailKit may move to sort what SEARCH found: each one that comes late moves all that are larger. Some 30,000 in no order at all; those in order, as servers send them, move
    /// none.
    /// </summary>
    public long SearchMoves { get; init; } = 500_000_000;

    /// <summary>Octets of a literal in a FETCH response when content was asked for: what MailKit can count. One that nobody wants is read past, which takes time and no memory.</summary>
    public long BodyBytes { get; init; } = int.MaxValue;

    /// <summary>Octets of any other literal, such as a mailbox name, or a header that nobody asked for. MailKit holds it in memory, so that it counts for the answer, too.</summary>
    public int LiteralBytes { get; init; } = 1024 * 1024;

    /// <summary>Octets of one SMTP reply line without its CRLF. RFC 5321 section 4.5.3.1.5 says 512; servers that put policy texts there send some thousands.</summary>
    public int ReplyLineBytes { get; init; } = 8 * 1024;

    /// <summary>Lines of one SMTP reply. The longest EHLO answers have about 30; some greetings carry a legal text of 100.</summary>
    public int ReplyLines { get; init; } = 256;

    /// <summary>By how much lines such as <c>* OK still working</c> may stretch one step: a search through a large archive takes minutes, and no server is waited for without end.</summary>
    public TimeSpan MaxStretch { get; init; } = TimeSpan.FromMinutes(30);
}
