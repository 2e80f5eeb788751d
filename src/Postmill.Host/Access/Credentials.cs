using System.Text.Json.Serialization;
using Postmill.Domain.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Access;

/// <summary>Body of sign-up and sign-in.</summary>
internal sealed record Credentials(
    [property: JsonPropertyName("email")] string? Email,
    [property: JsonPropertyName("password")] string? Password) : IChecked
{
    public string Address => (Email ?? "").Trim();

    /// <summary>Addresses are compared without regard to case.</summary>
    public string Key => EmailKey.Of(Address);

    public void Check(FieldErrors errors)
    {
        errors.Required("email", Email, AccessLimits.MaxEmailLength);
        errors.Required("password", Password, AccessLimits.MaxPasswordLength);
    }

    /// <summary>What only a new user must fulfil: an existing one may have a password of other days.</summary>
    public FieldErrors CheckNew()
    {
        var errors = new FieldErrors();
        errors.Check(EmailKey.IsAddress(Address), "email", "must be an e-mail address");
        return errors.Check(Password!.Length >= AccessLimits.MinPasswordLength, "password", $"must have at least {AccessLimits.MinPasswordLength} characters");
    }
}
