using System.Globalization;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Host.Http;

namespace Postmill.Host.Jobs;

/// <summary>Body of <c>logs/search</c>; every condition may be left out.</summary>
internal record LogSearch : IChecked
{
    /// <summary>Characters; no line has a word that is longer.</summary>
    private const int MaxText = 200;

    /// <summary>Anywhere in a line, in any case.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    [JsonPropertyName("actor")]
    public string? Actor { get; init; }

    [JsonPropertyName("action")]
    public string? Action { get; init; }

    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    [JsonPropertyName("outcome")]
    public string? Outcome { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("after")]
    public string? After { get; init; }

    [JsonPropertyName("before")]
    public string? Before { get; init; }

    public virtual void Check(FieldErrors errors)
    {
        foreach (var (field, text) in new[] { ("query", Query), ("actor", Actor), ("action", Action), ("subject", Subject), ("outcome", Outcome), ("code", Code) })
            errors.Optional(field, text, MaxText).Check(text is not "", field, "must not be empty");
        CheckTime(errors, "after", After);
        CheckTime(errors, "before", Before);
    }

    public virtual LogFilter ToFilter() => new(Query, Actor, Action, Subject, Outcome, Code, TimeOf(After), TimeOf(Before));

    protected static void CheckTime(FieldErrors errors, string field, string? text) => errors.Check(text is null || TimeOf(text) is not null, field, "must be an ISO 8601 time");

    protected static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}

/// <summary>Body of <c>logs/search-delete</c>: the same conditions, and <c>older_than</c>, without which nothing is removed.</summary>
internal sealed record LogSearchDelete : LogSearch
{
    /// <summary>Lines that one request removes at the most; who has more asks again.</summary>
    public const int MaxLimit = 50_000;

    public const int DefaultLimit = 10_000;

    [JsonPropertyName("older_than")]
    public string? OlderThan { get; init; }

    [JsonPropertyName("dry_run")]
    public bool? DryRun { get; init; }

    [JsonPropertyName("limit")]
    public int? Limit { get; init; }

    public override void Check(FieldErrors errors)
    {
        base.Check(errors);
        if (OlderThan is null) errors.Add("older_than", "is required");
        else CheckTime(errors, "older_than", OlderThan);
        errors.Check(Limit is null or (>= 1 and <= MaxLimit), "limit", string.Create(CultureInfo.InvariantCulture, $"must be between 1 and {MaxLimit}"));
    }

    public override LogFilter ToFilter()
    {
        var filter = base.ToFilter();
        var than = TimeOf(OlderThan)!.Value;
        return filter with { Before = filter.Before is { } before && before < than ? before : than };
    }
}
