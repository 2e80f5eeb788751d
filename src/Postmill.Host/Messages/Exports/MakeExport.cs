using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Exporting;
using Postmill.Domain.Messages;
using Postmill.Host.Http;

namespace Postmill.Host.Messages.Exports;

/// <summary>Body of <c>POST /api/accounts/{id}/exports</c>.</summary>
internal sealed record MakeExport : IChecked
{
    /// <summary><c>mbox</c> or <c>zip</c>.</summary>
    [JsonPropertyName("format")]
    public string? Format { get; init; }

    /// <summary>Which mails; left out, all.</summary>
    [JsonPropertyName("filter")]
    public ExportCriteria? Filter { get; init; }

    public void Check(FieldErrors errors)
    {
        errors.Check(ExportFormats.Of(Format) is not null, "format", "must be mbox or zip");
        Filter?.Check(errors);
    }
}

/// <summary>A list's filter, in a body and in answers. All that is given must hold.</summary>
internal sealed record ExportCriteria(
    [property: JsonPropertyName("folder")] string? Folder,
    [property: JsonPropertyName("direction")] string? Direction,
    [property: JsonPropertyName("unread")] bool? Unread,
    [property: JsonPropertyName("starred")] bool? Starred,
    [property: JsonPropertyName("has_attachments")] bool? HasAttachments,
    [property: JsonPropertyName("thread_id")] string? ThreadId,
    [property: JsonPropertyName("message_id")] string? MessageId,
    [property: JsonPropertyName("after")] DateTimeOffset? After,
    [property: JsonPropertyName("before")] DateTimeOffset? Before,
    [property: JsonPropertyName("tag")] string? Tag)
{
    public static ExportCriteria Of(EmailFilter filter) => new(
        filter.Folder, filter.Direction, filter.Unread, filter.Starred, filter.HasAttachments, filter.ThreadId?.ToString(), filter.MessageId, filter.After, filter.Before, filter.Tag);

    public void Check(FieldErrors errors)
    {
        foreach (var (field, text) in new[] { ("folder", Folder), ("thread_id", ThreadId), ("message_id", MessageId), ("tag", Tag) })
            errors.Optional($"filter.{field}", text, SearchLimits.ValueChars);
        errors.Check(Direction is null or "inbound" or "outbound", "filter.direction", "must be inbound or outbound");
    }

    public EmailFilter ToFilter() => new(
        Given(Folder), Given(Direction), Unread, Starred, HasAttachments, Given(ThreadId) is { } thread ? (Guid.TryParse(thread, out var id) ? id : Guid.Empty) : null,
        Given(MessageId)?.Trim('<', '>'), After, Before, Given(Tag));

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
