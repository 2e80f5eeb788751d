using System.Text.Json.Serialization;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>Body of <c>POST /api/accounts/{id}/smtp/messages</c>, in the words of <c>email_message</c>.</summary>
internal sealed record SendMessage : IChecked
{
    [JsonPropertyName("credential_id")]
    public string? CredentialId { get; init; }

    [JsonPropertyName("from_json")]
    public AddressList? From { get; init; }

    [JsonPropertyName("to_json")]
    public AddressList? To { get; init; }

    [JsonPropertyName("cc_json")]
    public AddressList? Cc { get; init; }

    [JsonPropertyName("bcc_json")]
    public AddressList? Bcc { get; init; }

    [JsonPropertyName("reply_to_json")]
    public AddressList? ReplyTo { get; init; }

    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("text_body")]
    public string? Text { get; init; }

    [JsonPropertyName("html_body")]
    public string? Html { get; init; }

    [JsonPropertyName("attachments")]
    public IReadOnlyList<AttachmentInput?>? Attachments { get; init; }

    [JsonPropertyName("in_reply_to")]
    public string? InReplyTo { get; init; }

    [JsonPropertyName("references")]
    public IReadOnlyList<string?>? References { get; init; }

    [JsonPropertyName("headers")]
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    [JsonPropertyName("send_at")]
    public DateTimeOffset? SendAt { get; init; }

    [JsonPropertyName("idempotency_key")]
    public string? Key { get; init; }

    [JsonPropertyName("priority")]
    public string? Priority { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string?>? Tags { get; init; }

    public void Check(FieldErrors errors)
    {
        errors.Check(From is null or { Count: 1 }, "from_json", "must be one address");
        AddressList.Check(errors, "from_json", From, 1);
        SendChecks.Recipients(errors, ("to_json", To), ("cc_json", Cc), ("bcc_json", Bcc));
        AddressList.Check(errors, "reply_to_json", ReplyTo, SendingLimits.ReplyTo);
        SendChecks.Line(errors, "subject", Subject);
        AttachmentInput.Check(errors, Attachments);
        var areIds = References is not { Count: > SendingLimits.References } && References?.Contains(null) is not true;
        errors.Check(areIds, "references", $"must be at most {SendingLimits.References} Message-IDs");
        errors.Check(Headers is not { Count: > SendingLimits.Headers }, "headers", $"must be at most {SendingLimits.Headers}");
        errors.Check(Headers?.Values.Contains(null) is not true, "headers", "must have text values");
        errors.Check(Priority is null or "normal" or "bulk", "priority", "must be normal or bulk");
        SendChecks.Key(errors, "idempotency_key", Key);
        SendChecks.Tags(errors, Tags);
    }

    public OutgoingDraft ToDraft(string? headerKey, byte[] fingerprint) => new()
    {
        From = From?.Addresses[0],
        To = (To ?? AddressList.Empty).Addresses,
        Cc = (Cc ?? AddressList.Empty).Addresses,
        Bcc = (Bcc ?? AddressList.Empty).Addresses,
        ReplyTo = (ReplyTo ?? AddressList.Empty).Addresses,
        Subject = Subject ?? "",
        Text = Text,
        Html = Html,
        Attachments = AttachmentInput.ToDraft(Attachments),
        InReplyTo = SendChecks.Id(InReplyTo),
        References = [.. (References ?? []).Select(id => SendChecks.Id(id)).OfType<string>()],
        Headers = [.. (Headers ?? new Dictionary<string, string?>()).Select(header => KeyValuePair.Create(header.Key, header.Value!))],
        SendAt = SendAt,
        Lane = Priority == "bulk" ? SendLane.Bulk : SendLane.Single,
        IdempotencyKey = Key ?? headerKey,
        Fingerprint = fingerprint,
        Tags = SendChecks.Once(Tags),
    };
}
