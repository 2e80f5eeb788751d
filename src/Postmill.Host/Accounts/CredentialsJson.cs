using System.Text.Json.Serialization;
using Postmill.Grains.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary>Body of <c>POST /api/accounts/{id}/credentials/rotate</c>.</summary>
internal sealed record RotateCredentials(
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string? Password) : IChecked
{
    public void Check(FieldErrors errors)
    {
        if (Username is not null) errors.Required("username", Username, ConnectAccount.MaxUsername);
        errors.Check(Username is null || !Username.Any(char.IsControl), "username", "must not contain control characters");
        errors.Check(!string.IsNullOrEmpty(Password), "password", "is required");
        errors.Optional("password", Password, ConnectAccount.MaxPassword);
    }
}

internal sealed record CredentialsAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("imap")] LoginJson Imap,
    [property: JsonPropertyName("smtp")] LoginJson Smtp)
{
    public static CredentialsAnswer Of(Verification verification) =>
        new(verification.Passed, LoginJson.Of(verification.Imap), LoginJson.Of(verification.Smtp));
}

/// <summary>How one login went; <c>code</c> and <c>error</c> are null when it worked.</summary>
internal sealed record LoginJson(
    [property: JsonPropertyName("ok")] bool Ok,
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("error")] string? Error)
{
    public static LoginJson Of(LoginFailure? failure) => new(failure is null, failure?.Fault, failure?.Text);
}
