using System.Text.Json.Serialization;

namespace Postmill.Host.Messages;

/// <summary>The keys are always there; what the mail does not have is null.</summary>
/// <param name="Headers">Decoded values by name, a list for each, for a field may stand several times.</param>
internal sealed record EmailBody(
    [property: JsonPropertyName("text")] string? Text,
    [property: JsonPropertyName("html")] string? Html,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);
