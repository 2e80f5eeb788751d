using System.Text.Json.Serialization;
using Postmill.Domain.Access;

namespace Postmill.Host.Access;

internal sealed record UserJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("role")] string Role)
{
    public static UserJson Of(CurrentUser user) => new(user.Id, user.Email, user.Role.ToName());
}

internal sealed record UserAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("user")] UserJson User);

internal sealed record SignedInAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("user")] UserJson User,
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt);
