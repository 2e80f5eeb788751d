using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Body of <c>POST …/emails/search-delete</c>. It must say which mails; a field that is not known is refused, for it was meant to spare some.</summary>
internal sealed record DeleteFound : EmailCriteria, IChecked
{
    /// <summary>Count, and delete nothing.</summary>
    [JsonPropertyName("dry_run")]
    public bool? DryRun { get; init; }

    [JsonPropertyName("limit")]
    public int? Limit { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; init; }

    public void Check(FieldErrors errors)
    {
        foreach (var name in Others?.Keys ?? []) errors.Add(name, "is no filter");
        var query = ToQuery(errors);
        errors.Check(Limit is null or (>= 1 and <= EditingLimits.MostDeleted), "limit", $"must be a number between 1 and {EditingLimits.MostDeleted}");
        if (query.IsEmpty && !errors.Any) errors.AddForm("say which mails: a filter is required");
    }
}
