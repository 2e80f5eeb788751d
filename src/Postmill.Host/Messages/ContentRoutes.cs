using Microsoft.Net.Http.Headers;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Bytes of mail: one part decoded, or the whole as it came. With ranges, and a strong ETag, for the bytes of an id never change.</summary>
internal static class ContentRoutes
{
    public static async Task<IResult> PartAsync(HttpContext http, string partId, PartQueries parts, ContentStore contents)
    {
        if (EmailPath.Read(http) is not { } path || !PartId.TryParse(partId, out var emailId, out var ordinal) || emailId != path.EmailId) return ApiErrors.NotFound();
        if (await parts.FindAsync(path, ordinal, http.RequestAborted) is not { Parts: [var part] } mail) return ApiErrors.NotFound();
        try
        {
            if (await contents.OpenPartAsync(mail.Raw, part, http.RequestAborted) is not { } content) return OutOfSync();
            ContentHeaders.Set(http.Response, part);
            return Results.Stream(content, ContentHeaders.Type(part), entityTag: Tag(part.Sha256), enableRangeProcessing: true);
        }
        catch (PartContentMismatchException)
        {
            return ApiErrors.Conflict("email_part_content_hash_mismatch", "the stored content of this part is not what was stored for it");
        }
    }

    public static async Task<IResult> RawAsync(HttpContext http, PartQueries parts, ContentStore contents)
    {
        if (EmailPath.Read(http) is not { } path || await parts.FindAsync(path, ordinal: -1, http.RequestAborted) is not { } mail) return ApiErrors.NotFound();
        ContentHeaders.SetAttachment(http.Response, $"{mail.Raw.EmailId:N}.eml");
        return Results.Stream(contents.OpenRaw(mail.Raw), "message/rfc822", entityTag: Tag(mail.Raw.Sha256), enableRangeProcessing: true);
    }

    public static ApiError OutOfSync() => ApiErrors.Conflict("email_part_metadata_out_of_sync", "the index of this mail's parts does not fit the stored mail");

    private static EntityTagHeaderValue Tag(ReadOnlyMemory<byte> sha256) => new($"\"{Convert.ToHexStringLower(sha256.Span)}\"");
}
