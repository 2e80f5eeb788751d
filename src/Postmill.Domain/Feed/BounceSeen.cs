using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Domain.Feed;

/// <summary>The frame of a bounce (CONTRACT §4).</summary>
/// <param name="MessageId">Message-ID of the mail that bounced.</param>
/// <param name="BounceType"><c>hard</c> or <c>soft</c>.</param>
public sealed record BounceSeen(
    [property: JsonPropertyName("email"), JsonPropertyOrder(1)] string Email,
    [property: JsonPropertyName("messageId"), JsonPropertyOrder(2)] string? MessageId,
    [property: JsonPropertyName("campaignId"), JsonPropertyOrder(3)] string? CampaignId,
    [property: JsonPropertyName("bounceType"), JsonPropertyOrder(4)] string BounceType,
    [property: JsonPropertyName("reason"), JsonPropertyOrder(5)] string? Reason,
    [property: JsonPropertyName("bouncedAt"), JsonPropertyOrder(6)] string BouncedAt)
{
    public const string EventType = "bounce";

    [JsonPropertyName("type"), JsonPropertyOrder(0)]
    public string Type { get; } = EventType;

    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Default.BounceSeen);
}
