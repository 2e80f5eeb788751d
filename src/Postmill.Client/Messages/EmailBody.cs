using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>What a mail says. The HTML is a stranger's program: show it in a sandbox only.</summary>
/// <param name="Text">Null when it has none.</param>
/// <param name="Html">Null when it has none.</param>
/// <param name="Headers">Decoded values by name, in their order.</param>
public sealed record EmailBody(
    [property: JsonPropertyName("text")] string? Text,
    [property: JsonPropertyName("html")] string? Html,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);

/// <summary>A part of a mail: a text, an attachment, an embedded picture.</summary>
/// <param name="Id">Opaque; names it to <see cref="EmailApi.OpenPartAsync"/>.</param>
/// <param name="PartPath">Its place in the mail, as IMAP numbers it.</param>
/// <param name="ContentType">As the sender says.</param>
/// <param name="Charset">Of a text.</param>
/// <param name="FileName">As the sender says: it may hold a path or anything else.</param>
/// <param name="Disposition"><c>inline</c>, <c>attachment</c> or null.</param>
/// <param name="ContentId">How the HTML refers to it.</param>
/// <param name="Size">Bytes once decoded.</param>
/// <param name="Sha256">Of the decoded bytes, in hex.</param>
public sealed record EmailPart(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("part_path")] string PartPath,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("charset")] string? Charset,
    [property: JsonPropertyName("filename")] string? FileName,
    [property: JsonPropertyName("disposition")] string? Disposition,
    [property: JsonPropertyName("content_id")] string? ContentId,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("sha256")] string Sha256);

internal sealed record BodyAnswer([property: JsonPropertyName("body")] EmailBody Body);

internal sealed record PartsAnswer([property: JsonPropertyName("parts")] IReadOnlyList<EmailPart> Parts);
