namespace Postmill.Domain.Sending;

/// <summary>At most so many mails in any rolling span of this length.</summary>
public sealed record PaceLimit(TimeSpan Span, int Most);
