namespace Postmill.Domain.Messages;

/// <summary>What must be true of a mail, or with <paramref name="IsNegated"/> must not, apart from its words.</summary>
public sealed record SearchCondition(EmailFilter Filter, bool IsNegated = false);
