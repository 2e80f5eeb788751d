using System.Text.Json.Serialization;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>A file of a mail, its bytes in base64.</summary>
internal sealed record AttachmentInput(
    [property: JsonPropertyName("filename")] string? FileName,
    [property: JsonPropertyName("content_type")] string? ContentType,
    [property: JsonPropertyName("content_b64")] byte[]? Content,
    [property: JsonPropertyName("disposition")] string? Disposition,
    [property: JsonPropertyName("content_id")] string? ContentId)
{
    private const int FileNameChars = 255;

    public static void Check(FieldErrors errors, IReadOnlyList<AttachmentInput?>? attachments)
    {
        if (attachments is null) return;
        errors.Check(attachments.Count <= SendingLimits.Attachments, "attachments", $"must be at most {SendingLimits.Attachments}");
        for (var i = 0; i < attachments.Count; i++)
        {
            var fault = attachments[i] is { } file ? file.Fault() : "must be a file";
            if (fault is null) continue;
            errors.Add("attachments", $"[{i}] {fault}");
            return;
        }
    }

    public static IReadOnlyList<OutgoingAttachment> ToDraft(IReadOnlyList<AttachmentInput?>? attachments) => [.. (attachments ?? []).Select(a => a!.ToDraft())];

    private string? Fault() => this switch
    {
        { FileName: null or "" or { Length: > FileNameChars } } => $"must have a filename of at most {FileNameChars} characters",
        { Content: null } => "must have content_b64",
        { Disposition: not (null or "attachment" or "inline") } => "disposition must be attachment or inline",
        _ => null,
    };

    private OutgoingAttachment ToDraft() => new(
        FileName!, string.IsNullOrWhiteSpace(ContentType) ? "application/octet-stream" : ContentType, Content!,
        string.IsNullOrWhiteSpace(ContentId) ? null : ContentId, Disposition == "inline");
}
