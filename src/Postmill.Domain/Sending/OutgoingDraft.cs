using Postmill.Domain.Messages;

namespace Postmill.Domain.Sending;

/// <summary>A mail that a client wants sent, checked in form and not yet composed.</summary>
public sealed record OutgoingDraft
{
    /// <summary>The account's address, with a name of the client's choice; null: the account's own.</summary>
    public MailAddressValue? From { get; init; }

    public IReadOnlyList<MailAddressValue> To { get; init; } = [];

    public IReadOnlyList<MailAddressValue> Cc { get; init; } = [];

    /// <summary>In the envelope and in the record, never in the mail.</summary>
    public IReadOnlyList<MailAddressValue> Bcc { get; init; } = [];

    public IReadOnlyList<MailAddressValue> ReplyTo { get; init; } = [];

    public string Subject { get; init; } = "";

    public string? Text { get; init; }

    public string? Html { get; init; }

    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>Message-ID of the mail that this one answers, without angle brackets.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Message-IDs, the oldest first, without angle brackets.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Further header fields, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Not before then; null: at once.</summary>
    public DateTimeOffset? SendAt { get; init; }

    public SendLane Lane { get; init; }

    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of what the client sent, to tell a repeated request from another one with the same key.</summary>
    public byte[]? Fingerprint { get; init; }

    /// <summary>The client's own words for this mail: kept with the record and in nothing that is sent.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>A JSON object of the client's, kept as it is; null: none.</summary>
    public string? MetadataJson { get; init; }

    /// <summary>Everybody in the envelope, each address once.</summary>
    public IReadOnlyList<MailAddressValue> Everybody => [.. To.Concat(Cc).Concat(Bcc).DistinctBy(address => address.Email, StringComparer.OrdinalIgnoreCase)];
}

/// <summary>A file that goes with a mail.</summary>
/// <param name="Inline">Shown within the HTML, which names it by its content id.</param>
public sealed record OutgoingAttachment(string FileName, string ContentType, ReadOnlyMemory<byte> Content, string? ContentId, bool Inline);
