using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>The service's envelope of a refusal. All of it may be missing: what answers may be a proxy.</summary>
internal sealed record ErrorAnswer
{
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    [JsonPropertyName("details")]
    public ErrorDetails? Details { get; init; }
}

internal sealed record ErrorDetails
{
    [JsonPropertyName("fieldErrors")]
    public Dictionary<string, IReadOnlyList<string>>? FieldErrors { get; init; }
}
