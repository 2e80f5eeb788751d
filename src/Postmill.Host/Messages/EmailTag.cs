using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Http;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages;

/// <summary>The entity tag of one mail: a hash of what a client is shown of it, so that it changes with every edit and every word of the server.</summary>
internal static class EmailTag
{
    public static string Of(EmailMessage email) => $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(email, ApiJson.Options)).AsSpan(0, 16))}\"";

    /// <summary>The mail with its tag; 304 without it when the client has it already. The tag is the mail's alone.</summary>
    public static IResult Answer(HttpContext http, EmailMessage email, int status = StatusCodes.Status200OK, EnqueuedJson? provider = null)
    {
        var tag = Of(email);
        http.Response.Headers.ETag = tag;
        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        var known = reads && Names(http.Request.Headers.IfNoneMatch.ToString(), tag, weak: true);
        return known ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Json(new EmailAnswer(email) { Provider = provider }, statusCode: status);
    }

    /// <summary>If-Match (RFC 9110 section 13.1.1): true without the field; a field that cannot be read names no version.</summary>
    public static Func<StoredEmail, bool> Condition(HttpRequest request)
    {
        var asked = request.Headers.IfMatch;
        return email => asked.Count == 0 || Names(asked.ToString(), Of(EmailMessage.Of(email)), weak: false);
    }

    private static bool Names(string field, string tag, bool weak)
    {
        if (!EntityTagHeaderValue.TryParseStrictList([field], out var tags)) return false;
        var own = new EntityTagHeaderValue(tag);
        return tags.Any(named => named.Equals(EntityTagHeaderValue.Any) || named.Compare(own, useStrongComparison: !weak));
    }
}
