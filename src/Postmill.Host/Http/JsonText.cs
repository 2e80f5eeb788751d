using System.Text.Json;

namespace Postmill.Host.Http;

/// <summary>Finds strings that JSON may carry and PostgreSQL's text cannot.</summary>
internal static class JsonText
{
    /// <summary>The top-level field (or <c>$</c>) that holds a U+0000 or half a surrogate pair, in a value or a name at any depth.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static string? FindUnstorable(ReadOnlySpan<byte> body)
    {
        // Both can only come as escapes: the body is valid UTF-8, and JSON allows no bare control characters.
        if (body.IndexOf("\\u"u8) < 0) return null;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ApiJson.MaxDepth });
        var field = "$";
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) continue;
            var storable = !reader.ValueIsEscaped || IsStorable(ref reader);
            if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && storable) field = reader.GetString() ?? field;
            if (!storable) return field;
        }
        return null;
    }

    private static bool IsStorable(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()?.Contains('\0') is false;
        }
        catch (InvalidOperationException)
        {
            return false; // documented answer to an unpaired surrogate
        }
    }
}
