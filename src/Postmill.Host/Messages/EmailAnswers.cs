using System.Text.Json.Serialization;

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
