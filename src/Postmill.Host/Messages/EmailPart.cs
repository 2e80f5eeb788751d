using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Host.Messages;

/// <summary><c>email_message_part</c> of the public page (S4).</summary>
internal sealed record EmailPart(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("part_path")] string PartPath,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("charset")] string? Charset,
    [property: JsonPropertyName("filename")] string? FileName,
    [property: JsonPropertyName("disposition")] string? Disposition,
    [property: JsonPropertyName("content_id")] string? ContentId,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("sha256")] string Sha256)
{
    public static EmailPart Of(StoredPart part) => new(
        PartId.Of(part.EmailId, part.Ordinal),
        part.Path,
        part.ContentType,
        part.Charset,
        part.FileName,
        part.Disposition,
        part.ContentId,
        part.Size,
        Convert.ToHexStringLower(part.Sha256.Span));
}
