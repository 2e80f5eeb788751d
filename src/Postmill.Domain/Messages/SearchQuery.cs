namespace Postmill.Domain.Messages;

/// <summary>Which mails are looked for: all terms and all conditions hold.</summary>
public sealed record SearchQuery(IReadOnlyList<SearchTerm> Terms, IReadOnlyList<SearchCondition> Conditions)
{
    /// <summary>Every mail of the account.</summary>
    public bool IsEmpty => Terms.Count == 0 && Conditions.Count == 0;

    /// <summary>Mails differ in how well they fit: something must be in them.</summary>
    public bool HasRank => Terms.Any(term => !term.IsNegated);

    public SearchQuery And(SearchQuery other) => new([.. Terms, .. other.Terms], [.. Conditions, .. other.Conditions]);
}
