using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Messages;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Body of <c>POST …/emails/search</c>. All that is given must hold; with nothing given every mail is found.</summary>
/// <param name="Query">Words and fields as <see cref="SearchQueryParser"/> reads them.</param>
/// <param name="From">A whole address, or words of a name or an address; so is <paramref name="To"/>, over To, Cc and Bcc.</param>
/// <param name="Sort"><c>relevance</c> or <c>newest</c>; left out, by relevance if a word is looked for.</param>
internal sealed record SearchEmails(
    [property: JsonPropertyName("query")] string? Query = null,
    [property: JsonPropertyName("from")] string? From = null,
    [property: JsonPropertyName("to")] string? To = null,
    [property: JsonPropertyName("subject")] string? Subject = null,
    [property: JsonPropertyName("folder")] string? Folder = null,
    [property: JsonPropertyName("direction")] string? Direction = null,
    [property: JsonPropertyName("unread")] bool? Unread = null,
    [property: JsonPropertyName("starred")] bool? Starred = null,
    [property: JsonPropertyName("has_attachments")] bool? HasAttachments = null,
    [property: JsonPropertyName("after")] DateTimeOffset? After = null,
    [property: JsonPropertyName("before")] DateTimeOffset? Before = null,
    [property: JsonPropertyName("message_id")] string? MessageId = null,
    [property: JsonPropertyName("thread_id")] string? ThreadId = null,
    [property: JsonPropertyName("tag")] string? Tag = null,
    [property: JsonPropertyName("sort")] string? Sort = null,
    [property: JsonPropertyName("limit")] int? Limit = null,
    [property: JsonPropertyName("cursor")] string? Cursor = null) : IChecked
{
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

    /// <summary>What is asked for; what is wrong with it goes to <paramref name="errors"/>.</summary>
    public SearchQuery ToQuery(FieldErrors errors)
    {
        if (!SearchQueryParser.TryParse(Query ?? "", out var query, out var problem)) errors.Add("query", problem);
        foreach (var (field, text) in new[] { ("folder", Folder), ("message_id", MessageId), ("thread_id", ThreadId), ("tag", Tag) })
            errors.Optional(field, text, SearchLimits.ValueChars);
        errors.Check(Direction is null or "inbound" or "outbound", "direction", "must be inbound or outbound");
        var terms = new List<SearchTerm>();
        Add(terms, SearchField.From, "from", From, errors);
        Add(terms, SearchField.To, "to", To, errors);
        Add(terms, SearchField.Subject, "subject", Subject, errors);
        var filter = ToFilter();
        return query.And(new SearchQuery(terms, filter == new EmailFilter() ? [] : [new SearchCondition(filter)]));
    }

    private EmailFilter ToFilter() => new(
        Given(Folder), Given(Direction), Unread, Starred, HasAttachments, Given(ThreadId) is { } thread ? (Guid.TryParse(thread, out var id) ? id : Guid.Empty) : null,
        Given(MessageId)?.Trim('<', '>'), After, Before, Given(Tag));

    private static void Add(List<SearchTerm> terms, SearchField field, string name, string? text, FieldErrors errors)
    {
        if (Given(text) is not { } given) return;
        errors.Optional(name, given, SearchLimits.QueryChars);
        var open = given.EndsWith('*');
        if (given.Length <= SearchLimits.QueryChars && SearchQueryParser.Term(field, open ? given.TrimEnd('*') : given, open) is { } term) terms.Add(term);
        else errors.Add(name, "holds no word to look for");
    }

    /// <summary>An empty field of a form asks for nothing.</summary>
    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
