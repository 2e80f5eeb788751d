using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Domain.Feed;

/// <summary>The frame of a recipient who wants no more mail (CONTRACT §4).</summary>
public sealed record UnsubscribeSeen(
    [property: JsonPropertyName("email"), JsonPropertyOrder(1)] string Email,
    [property: JsonPropertyName("campaignId"), JsonPropertyOrder(2)] string? CampaignId,
    [property: JsonPropertyName("unsubscribedAt"), JsonPropertyOrder(3)] string UnsubscribedAt)
{
    public const string EventType = "unsubscribe";

    [JsonPropertyName("type"), JsonPropertyOrder(0)]
    public string Type { get; } = EventType;

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.UnsubscribeSeen);
}

/// <summary>Fields that are optional in the contract are left out where there is nothing to say.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BounceSeen))]
[JsonSerializable(typeof(ComplaintSeen))]
[JsonSerializable(typeof(UnsubscribeSeen))]
internal sealed partial class ReportJson : JsonSerializerContext;
