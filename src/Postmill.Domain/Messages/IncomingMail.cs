using Postmill.Domain.Sending;

namespace Postmill.Domain.Messages;

/// <summary>A mail as it came from the server, read and ready to be stored. <see cref="Raw"/> is the truth; all else is derived from it.</summary>
public sealed record IncomingMail
{
    public required uint Uid { get; init; }

    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>INTERNALDATE; null when the server sends nonsense.</summary>
    public required DateTimeOffset? ReceivedAt { get; init; }

    public required ReadOnlyMemory<byte> Raw { get; init; }

    /// <summary>SHA-256 of <see cref="Raw"/>: the identity of the content within the account.</summary>
    public required byte[] Sha256 { get; init; }

    public string? MessageId { get; init; }

    /// <summary>The Message-ID that names the thread: first of References, else of In-Reply-To, else its own (RFC 5256).</summary>
    public string? ThreadRoot { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<MailAddressValue> From { get; init; } = [];

    public IReadOnlyList<MailAddressValue> To { get; init; } = [];

    public IReadOnlyList<MailAddressValue> Cc { get; init; } = [];

    public IReadOnlyList<MailAddressValue> Bcc { get; init; } = [];

    public IReadOnlyList<MailAddressValue> ReplyTo { get; init; } = [];

    public DateTimeOffset? Date { get; init; }

    public bool HasAttachments { get; init; }

    public string Snippet { get; init; } = "";

    /// <summary>Text for search, bounded.</summary>
    public string SearchText { get; init; } = "";

    public IReadOnlyList<IncomingPart> Parts { get; init; } = [];

    /// <summary>Message-IDs of the mails that it answers or reports on, a few: whoever wrote it has had them.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];

    /// <summary>What it claims about a mail that was sent; null for ordinary mail.</summary>
    public IncomingReport? Report { get; init; }

    /// <summary>What was wrong with it, for the audit log; empty for an orderly mail.</summary>
    public IReadOnlyList<string> Defects { get; init; } = [];
}
