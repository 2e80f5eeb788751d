using System.Text.Json.Serialization;
using Postmill.Domain.Access;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>Body of <c>POST …/suppressions</c>. Without a reason it is a person's own decision.</summary>
internal sealed record AddSuppression : IChecked
{
    [JsonPropertyName("email")]
    public string? Email { get; init; }

    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    public void Check(FieldErrors errors)
    {
        errors.Required("email", Email, AccessLimits.MaxEmailLength);
        if (Email is { Length: > 0 and <= AccessLimits.MaxEmailLength }) errors.Check(EmailKey.IsAddress(Email.Trim()), "email", "must be an e-mail address");
        errors.Check(Reason is null || SuppressionWords.Reason(Reason) is not null, "reason", $"must be one of {string.Join(", ", SuppressionWords.All)}");
    }

    public Suppression ToRow(string actor, DateTimeOffset now) => new(Email!.Trim(), SuppressionWords.Reason(Reason) ?? SuppressionReason.Manual, actor, now, ExpiresAt);
}
