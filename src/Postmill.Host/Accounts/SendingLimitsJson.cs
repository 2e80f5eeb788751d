using System.Text.Json.Serialization;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary>How many mails an account may send in any rolling second, minute, hour and day; left out or null: as many as the installation allows, whose limits hold in any case.</summary>
internal sealed record SendingLimitsJson(
    [property: JsonPropertyName("per_second")] int? PerSecond,
    [property: JsonPropertyName("per_minute")] int? PerMinute,
    [property: JsonPropertyName("per_hour")] int? PerHour,
    [property: JsonPropertyName("per_day")] int? PerDay)
{
    /// <summary>As far as the installation's own go.</summary>
    private const int Most = 100_000_000;

    public static SendingLimitsJson? Of(AccountLimits limits) =>
        limits == AccountLimits.None ? null : new SendingLimitsJson(limits.PerSecond, limits.PerMinute, limits.PerHour, limits.PerDay);

    public AccountLimits ToLimits() => new(PerSecond, PerMinute, PerHour, PerDay);

    public void Check(FieldErrors errors)
    {
        foreach (var (field, most) in new[] { ("per_second", PerSecond), ("per_minute", PerMinute), ("per_hour", PerHour), ("per_day", PerDay) })
            errors.Check(most is null or (>= 1 and <= Most), $"sending_limits.{field}", $"must be from 1 to {Most}");
    }
}
