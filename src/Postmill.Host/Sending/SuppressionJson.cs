using System.Text.Json.Serialization;
using Postmill.Domain.Sending;

namespace Postmill.Host.Sending;

/// <summary>An address on the list, as clients see it.</summary>
internal sealed record SuppressionJson(
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt)
{
    public static SuppressionJson Of(Suppression row) => new(row.Email, row.Reason.Word(), row.Source, row.CreatedAt, row.ExpiresAt);
}

internal sealed record SuppressionAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("suppression")] SuppressionJson Suppression);

internal sealed record SuppressionListAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("suppressions")] IReadOnlyList<SuppressionJson> Suppressions,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);
