using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A line of an account's log: who did what to what, and how it ended.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="Actor">A user, a key, or the service itself (<c>system</c>).</param>
/// <param name="Subject">What it is about: the id of a job, a mail, an account, or a name.</param>
/// <param name="Action">For example <c>sync.failed</c>.</param>
/// <param name="Outcome">For example <c>done</c>.</param>
/// <param name="At">When.</param>
public sealed record LogLine(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("actor")] string Actor,
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("at")] DateTimeOffset At)
{
    /// <summary>Why it failed, for programs.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary>What else is known, by action.</summary>
    [JsonPropertyName("detail")]
    public JsonElement Detail { get; init; }
}

/// <summary>Which lines of a log; what is null does not matter.</summary>
public sealed record LogFilter
{
    /// <summary>Anywhere in a line.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>See <see cref="LogLine.Actor"/>.</summary>
    [JsonPropertyName("actor")]
    public string? Actor { get; init; }

    /// <summary>See <see cref="LogLine.Action"/>.</summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>See <see cref="LogLine.Subject"/>.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    /// <summary>See <see cref="LogLine.Outcome"/>.</summary>
    [JsonPropertyName("outcome")]
    public string? Outcome { get; init; }

    /// <summary>See <see cref="LogLine.Code"/>.</summary>
    [JsonPropertyName("code")]
    public string? Code { get; init; }

    /// <summary>Later than this.</summary>
    [JsonPropertyName("after")]
    public DateTimeOffset? After { get; init; }

    /// <summary>Before this time.</summary>
    [JsonPropertyName("before")]
    public DateTimeOffset? Before { get; init; }

    [JsonInclude, JsonPropertyName("older_than")]
    internal DateTimeOffset? OlderThan { get; init; }

    [JsonInclude, JsonPropertyName("limit")]
    internal int? Limit { get; init; }

    [JsonInclude, JsonPropertyName("dry_run")]
    internal bool? DryRun { get; init; }
}

internal sealed record LogPage([property: JsonPropertyName("logs")] IReadOnlyList<LogLine> Logs, [property: JsonPropertyName("next_cursor")] string? NextCursor = null);

internal sealed record LogAnswer([property: JsonPropertyName("log")] LogLine Log);

internal sealed record LogsDeleted([property: JsonPropertyName("count")] long Count);
