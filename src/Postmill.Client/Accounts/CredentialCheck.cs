using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>How logging in to both servers went.</summary>
/// <param name="Success">Both worked.</param>
/// <param name="Imap">Where mail is fetched.</param>
/// <param name="Smtp">Where mail is sent.</param>
public sealed record CredentialCheck(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("imap")] LoginCheck Imap,
    [property: JsonPropertyName("smtp")] LoginCheck Smtp);

/// <summary>How one login went.</summary>
/// <param name="Ok">It worked.</param>
/// <param name="Code">Why not, for programs.</param>
/// <param name="Error">Why not, for people.</param>
public sealed record LoginCheck(
    [property: JsonPropertyName("ok")] bool Ok,
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("error")] string? Error);

internal sealed record NewCredentials(
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string Password)
{
    public override string ToString() => nameof(NewCredentials);
}
