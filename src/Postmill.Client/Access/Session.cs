using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>An open session.</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Token">A secret; see <see cref="PostmillClientOptions.Session"/>.</param>
/// <param name="ExpiresAt">When it ends unless it is closed before.</param>
public sealed record Session(
    [property: JsonPropertyName("user")] User User,
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt)
{
    /// <summary>Without the token.</summary>
    public override string ToString() => $"session of {User.Email} until {ExpiresAt:O}";
}

/// <summary>Body of a sign-in.</summary>
internal sealed record SignIn(
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("password")] string Password)
{
    public override string ToString() => nameof(SignIn);
}
