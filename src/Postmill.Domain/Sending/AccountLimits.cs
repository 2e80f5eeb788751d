namespace Postmill.Domain.Sending;

/// <summary>How many mails an account may send in any rolling span, beside what the installation allows: of both the smaller holds. Null: no limit of its own.</summary>
public sealed record AccountLimits(int? PerSecond, int? PerMinute, int? PerHour, int? PerDay)
{
    public static readonly AccountLimits None = new(null, null, null, null);
}
