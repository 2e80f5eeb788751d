using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace Postmill.Host.Http;

/// <summary>Strong entity tags (RFC 9110 section 8.8.3) of what JSON shows.</summary>
internal static class EntityTags
{
    public static string Of<T>(T shown) => $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(shown, ApiJson.Options)).AsSpan(0, 16))}\"";

    /// <summary>If-Match (RFC 9110 section 13.1.1): true without the field; a field that cannot be read names no version.</summary>
    public static bool Matches(HttpRequest request, Func<string> tag) =>
        request.Headers.IfMatch is { Count: > 0 } asked ? Names(asked.ToString(), tag(), weak: false) : true;

    public static bool Names(string field, string tag, bool weak)
    {
        if (!EntityTagHeaderValue.TryParseStrictList([field], out var tags)) return false;
        var own = new EntityTagHeaderValue(tag);
        return tags.Any(named => named.Equals(EntityTagHeaderValue.Any) || named.Compare(own, useStrongComparison: !weak));
    }
}
