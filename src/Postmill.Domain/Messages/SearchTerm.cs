namespace Postmill.Domain.Messages;

/// <summary>Words that a mail must have beside each other, or must not have.</summary>
/// <param name="Words">As <see cref="SearchWords"/> cuts them; or one whole address as <see cref="SearchAddress"/> spells it.</param>
/// <param name="IsPrefix">The last word may go on.</param>
public sealed record SearchTerm(SearchField Field, IReadOnlyList<string> Words, bool IsPrefix = false, bool IsNegated = false);
