using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A user of the service.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="Email">Under which he signs in.</param>
/// <param name="Role"><c>view</c>, <c>edit</c>, <c>send</c> or <c>admin</c>.</param>
public sealed record User(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("role")] string Role);

internal sealed record UserAnswer([property: JsonPropertyName("user")] User User);
