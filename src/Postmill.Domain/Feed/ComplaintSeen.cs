using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Domain.Feed;

/// <summary>The frame of a complaint (CONTRACT §4).</summary>
public sealed record ComplaintSeen(
    [property: JsonPropertyName("email"), JsonPropertyOrder(1)] string Email,
    [property: JsonPropertyName("messageId"), JsonPropertyOrder(2)] string? MessageId,
    [property: JsonPropertyName("campaignId"), JsonPropertyOrder(3)] string? CampaignId,
    [property: JsonPropertyName("complainedAt"), JsonPropertyOrder(4)] string ComplainedAt)
{
    public const string EventType = "complaint";

    [JsonPropertyName("type"), JsonPropertyOrder(0)]
    public string Type { get; } = EventType;

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.ComplaintSeen);
}
