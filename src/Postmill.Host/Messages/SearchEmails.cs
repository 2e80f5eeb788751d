using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Body of <c>POST …/emails/search</c>; with nothing given every mail is found.</summary>
internal sealed record SearchEmails : EmailCriteria, IChecked
{
    /// <summary><c>relevance</c> or <c>newest</c>; left out, by relevance if a word is looked for.</summary>
    [JsonPropertyName("sort")]
    public string? Sort { get; init; }

    [JsonPropertyName("limit")]
    public int? Limit { get; init; }

    [JsonPropertyName("cursor")]
    public string? Cursor { get; init; }

    [JsonIgnore]
    public bool Ranked => Sort is not "newest";

    public void Check(FieldErrors errors)
    {
        _ = ToQuery(errors);
        errors.Check(Sort is null or "relevance" or "newest", "sort", "must be relevance or newest");
        errors.Check(Limit is null or (>= 1 and <= Page.MaxLimit), "limit", $"must be a number between 1 and {Page.MaxLimit}");
        errors.Check(Cursor is null || Position() is not null, "cursor", $"must be a cursor that this search has given{(Ranked ? "" : ", by the same sort")}");
    }

    public SearchPosition? Position() =>
        Cursor is { } cursor && PageCursor.TryDecode(cursor, out var text) && SearchPosition.TryParse(text, out var position) && position.Fits(Ranked) ? position : null;
}
