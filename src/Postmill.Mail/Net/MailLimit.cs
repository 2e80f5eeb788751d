namespace Postmill.Mail.Net;

/// <summary>The bound of ours that a server broke; said with <see cref="MailFault.LimitExceeded"/>. The figures are in <see cref="GuardLimits"/>.</summary>
public enum MailLimit
{
    /// <summary>Lists within each other in an IMAP response.</summary>
    Nesting,

    /// <summary>Octets of one line.</summary>
    Line,

    /// <summary>Octets of one answer, literals not counted.</summary>
    Answer,

    /// <summary>Lines of one IMAP answer, or mailboxes in it.</summary>
    AnswerLines,

    /// <summary>Octets that a literal was announced with.</summary>
    Literal,

    /// <summary>Lines of one SMTP reply.</summary>
    ReplyLines,
}
