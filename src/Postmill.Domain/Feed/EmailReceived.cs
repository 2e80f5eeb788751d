using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Domain.Feed;

/// <summary>The frame of a new inbound mail, exactly the fields of the public page (S2).</summary>
public sealed record EmailReceived(
    [property: JsonPropertyName("from"), JsonPropertyOrder(1)] string From,
    [property: JsonPropertyName("subject"), JsonPropertyOrder(2)] string Subject,
    [property: JsonPropertyName("receivedAt"), JsonPropertyOrder(3)] string ReceivedAt)
{
    public const string EventType = "email_received";

    [JsonPropertyName("type"), JsonPropertyOrder(0)]
    public string Type { get; } = EventType;

    public string ToJson() => JsonSerializer.Serialize(this, FeedJson.Default.EmailReceived);
}

[JsonSourceGenerationOptions]
[JsonSerializable(typeof(EmailReceived))]
internal sealed partial class FeedJson : JsonSerializerContext;
