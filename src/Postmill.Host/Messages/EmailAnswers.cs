using System.Text.Json.Serialization;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages;

internal sealed record EmailListAnswer(
    [property: JsonPropertyName("emails")] IReadOnlyList<EmailMessage> Emails,
    [property: JsonPropertyName("next_cursor")] string? NextCursor)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}

internal sealed record EmailAnswer([property: JsonPropertyName("email")] EmailMessage Email)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;

    /// <summary>What tells the mail server of a change, where that was asked for.</summary>
    [JsonPropertyName("provider"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public EnqueuedJson? Provider { get; init; }
}

/// <param name="Provider">What tells the mail server of it, where that was asked for.</param>
internal sealed record DeletedEmailAnswer([property: JsonPropertyName("provider"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EnqueuedJson? Provider)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}

internal sealed record BodyAnswer([property: JsonPropertyName("body")] EmailBody Body)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}

internal sealed record PartListAnswer([property: JsonPropertyName("parts")] IReadOnlyList<EmailPart> Parts)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}

/// <param name="Count">Records deleted; of a dry run, those that would be.</param>
/// <param name="More">There are more that fit: ask again.</param>
internal sealed record DeletedAnswer(
    [property: JsonPropertyName("dry_run")] bool DryRun,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("more")] bool More)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}
