namespace Postmill.Domain.Sending;

/// <summary>One address that a user no longer writes to; a row.</summary>
/// <param name="Source">Who or what put it there: <c>user:{id}</c>, <c>key:{id}</c>, <c>email:{id}</c> of the report.</param>
/// <param name="ExpiresAt">From then on it does not count; null: it always does.</param>
public sealed record Suppression(string Email, SuppressionReason Reason, string Source, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
