using System.Buffers;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Domain.Messages;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Body of <c>POST …/emails</c>: a record in the words of <c>email_message</c>, with a text and an HTML body.</summary>
internal sealed record CreateEmail : IChecked
{
    /// <summary>What would end the address, or begin another (RFC 5322 section 3.2.3).</summary>
    private static readonly SearchValues<char> Specials = SearchValues.Create("<>,;:()[]\\");

    [JsonPropertyName("message_id")]
    public string? MessageId { get; init; }

    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    [JsonPropertyName("date")]
    public DateTimeOffset? Date { get; init; }

    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("from_json")]
    public IReadOnlyList<MailAddressValue>? From { get; init; }

    [JsonPropertyName("to_json")]
    public IReadOnlyList<MailAddressValue>? To { get; init; }

    [JsonPropertyName("cc_json")]
    public IReadOnlyList<MailAddressValue>? Cc { get; init; }

    [JsonPropertyName("bcc_json")]
    public IReadOnlyList<MailAddressValue>? Bcc { get; init; }

    [JsonPropertyName("reply_to_json")]
    public IReadOnlyList<MailAddressValue>? ReplyTo { get; init; }

    [JsonPropertyName("text_body")]
    public string? Text { get; init; }

    [JsonPropertyName("html_body")]
    public string? Html { get; init; }

    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    [JsonPropertyName("is_read")]
    public bool? IsRead { get; init; }

    [JsonPropertyName("is_starred")]
    public bool? IsStarred { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string?>? Tags { get; init; }

    [JsonPropertyName("notes")]
    public string? Notes { get; init; }

    public void Check(FieldErrors errors)
    {
        CheckMessageId(errors);
        errors.Check(Direction is null or "inbound" or "outbound", "direction", "must be inbound or outbound");
        errors.Check(Date is null || Date.Value.UtcDateTime.Year is >= 1900 and < 9999, "date", "must be a time that a mail can have");
        errors.Optional("subject", Subject, EditingLimits.LineChars).Check(Subject?.Any(char.IsControl) is not true, "subject", "must be one line");
        ChangeEmail.CheckLine(errors, "folder", Folder, EditingLimits.LineChars);
        errors.Optional("notes", Notes, EditingLimits.NotesChars);
        _ = ChangeEmail.CheckTags(errors, [.. (Tags ?? []).Select(tag => tag ?? "")]);
        foreach (var (name, addresses) in new[] { ("from_json", From), ("to_json", To), ("cc_json", Cc), ("bcc_json", Bcc), ("reply_to_json", ReplyTo) })
            CheckAddresses(errors, name, addresses ?? []);
        if (From is null or [] && To is null or [] && Subject is null && Text is null && Html is null) errors.AddForm("give at least from_json, to_json, subject or a body");
    }

    public EmailRecord ToRecord() => new(
        MessageId?.Trim('<', '>'), Direction, Date, Subject, From ?? [], To ?? [], Cc ?? [], Bcc ?? [], ReplyTo ?? [], Text, Html,
        new EmailChange(
            IsRead is { } read ? new Change<bool?>(read) : null, IsStarred is { } starred ? new Change<bool?>(starred) : null,
            Folder is { } folder ? new Change<string?>(folder) : null, Tags is { } tags ? new Change<string[]>([.. tags.Select(tag => tag!).Distinct(StringComparer.Ordinal)]) : null,
            Notes is { } notes ? new Change<string?>(notes) : null));

    private void CheckMessageId(FieldErrors errors)
    {
        if (MessageId is not { } given) return;
        var id = given.Trim('<', '>');
        errors.Check(id.Length is > 0 and <= EditingLimits.MessageIdChars && !id.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>'),
            "message_id", $"must be a Message-ID of at most {EditingLimits.MessageIdChars} characters");
    }

    private static void CheckAddresses(FieldErrors errors, string name, IReadOnlyList<MailAddressValue> addresses)
    {
        errors.Check(addresses.Count <= EditingLimits.Addresses, name, $"must have at most {EditingLimits.Addresses} addresses");
        foreach (var address in addresses)
        {
            if (address is not null && SearchAddress.Of(address.Email ?? "") is not null && !address.Email!.AsSpan().ContainsAny(Specials)
                && address.Name is not { Length: > EditingLimits.LineChars } && address.Name?.Any(char.IsControl) is not true) continue;
            errors.Add(name, "must be a list of {\"name\",\"email\"} with whole addresses");
            return;
        }
    }
}
