namespace Postmill.Mail.Net;

/// <summary>What <see cref="ImapScanner"/> found wrong.</summary>
internal enum ImapBreach
{
    None,
    Malformed,
    Nesting,
    Line,
    Answer,
    AnswerLines,
    Mailboxes,
    Disorder,
    Literal,
}
