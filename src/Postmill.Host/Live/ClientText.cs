using System.Text.Json;

namespace Postmill.Host.Live;

/// <summary>What clients say: only <c>{"type":"ping"}</c> means something, for browsers, whose scripts cannot send ping frames.</summary>
internal static class ClientText
{
    /// <summary>Bytes; a ping with some decoration fits, and nothing longer is parsed.</summary>
    private const int MaxBytes = 1024;

    private const int MaxDepth = 8;

    public static bool IsPing(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxBytes) return false;
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var ping = false;
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read())
            {
                if (json is not { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName } || !json.ValueTextEquals("type"u8)) continue;
                if (!json.Read()) return false;
                ping = json.TokenType == JsonTokenType.String && json.ValueTextEquals("ping"u8);
            }
            return ping;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
