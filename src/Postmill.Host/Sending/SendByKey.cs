using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Domain.Messages;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>Body of <c>POST /api/v1/send</c>.</summary>
internal sealed record SendByKey : IChecked
{
    [JsonPropertyName("from")]
    public AddressList? From { get; init; }

    [JsonPropertyName("to")]
    public AddressList? To { get; init; }

    [JsonPropertyName("cc")]
    public AddressList? Cc { get; init; }

    [JsonPropertyName("bcc")]
    public AddressList? Bcc { get; init; }

    [JsonPropertyName("reply_to")]
    public AddressList? ReplyTo { get; init; }

    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("html")]
    public string? Html { get; init; }

    [JsonPropertyName("text")]
    public string? Text { get; init; }

    [JsonPropertyName("attachments")]
    public IReadOnlyList<AttachmentInput?>? Attachments { get; init; }

    [JsonPropertyName("idempotency_key")]
    public string? Key { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string?>? Tags { get; init; }

    [JsonPropertyName("metadata")]
    public JsonElement Metadata { get; init; }

    public void Check(FieldErrors errors)
    {
        errors.Check(From is { Count: 1 }, "from", "is required: {\"email\",\"name\"}");
        AddressList.Check(errors, "from", From, 1);
        SendChecks.Recipients(errors, ("to", To), ("cc", Cc), ("bcc", Bcc));
        AddressList.Check(errors, "reply_to", ReplyTo, SendingLimits.ReplyTo);
        SendChecks.Line(errors, "subject", Subject);
        if (Text is null && Html is null) errors.AddForm("give text or html");
        AttachmentInput.Check(errors, Attachments);
        SendChecks.Key(errors, "idempotency_key", Key);
        SendChecks.Tags(errors, Tags);
        errors.Check(Metadata.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object, "metadata", "must be an object");
        errors.Check(MetadataJson is not { Length: > SendingLimits.MetadataChars }, "metadata", $"must have at most {SendingLimits.MetadataChars} characters as JSON");
    }

    private string? MetadataJson => Metadata.ValueKind == JsonValueKind.Object ? Metadata.GetRawText() : null;

    /// <param name="address">The account's, in the account's spelling.</param>
    public OutgoingDraft ToDraft(string address, string? headerKey, byte[] fingerprint) => new()
    {
        From = new MailAddressValue(From!.Addresses[0].Name, address),
        To = (To ?? AddressList.Empty).Addresses,
        Cc = (Cc ?? AddressList.Empty).Addresses,
        Bcc = (Bcc ?? AddressList.Empty).Addresses,
        ReplyTo = (ReplyTo ?? AddressList.Empty).Addresses,
        Subject = Subject ?? "",
        Text = Text,
        Html = Html,
        Attachments = AttachmentInput.ToDraft(Attachments),
        IdempotencyKey = Key ?? headerKey,
        Fingerprint = fingerprint,
        Tags = SendChecks.Once(Tags),
        MetadataJson = MetadataJson,
    };
}
