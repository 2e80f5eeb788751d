using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Postmill.Host.Http;

/// <summary>How JSON is read and written. No naming policy: every DTO names its fields.</summary>
internal static class ApiJson
{
    /// <summary>Deeper bodies are refused; no request of ours has more than six levels.</summary>
    public const int MaxDepth = 64;

    /// <summary>Letters of any script stay readable; what could end a script element is escaped.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions());

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = MaxDepth;
        options.Encoder = Encoder;
        options.Converters.Add(new UtcSecondsConverter());
        return options;
    }
}
