using System.Text.Json.Serialization;
using Postmill.Domain.Messages;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Which mails are meant, in a body. All that is given must hold.</summary>
internal abstract record EmailCriteria
{
    /// <summary>Words and fields as <see cref="SearchQueryParser"/> reads them.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>A whole address, or words of a name or an address.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>Likewise, over To, Cc and Bcc.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    [JsonPropertyName("unread")]
    public bool? Unread { get; init; }

    [JsonPropertyName("starred")]
    public bool? Starred { get; init; }

    [JsonPropertyName("has_attachments")]
    public bool? HasAttachments { get; init; }

    [JsonPropertyName("after")]
    public DateTimeOffset? After { get; init; }

    [JsonPropertyName("before")]
    public DateTimeOffset? Before { get; init; }

    [JsonPropertyName("message_id")]
    public string? MessageId { get; init; }

    [JsonPropertyName("thread_id")]
    public string? ThreadId { get; init; }

    [JsonPropertyName("tag")]
    public string? Tag { get; init; }

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
