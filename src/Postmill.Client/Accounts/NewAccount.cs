using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A mailbox to connect.</summary>
/// <param name="Email">Its address.</param>
/// <param name="ImapHost">Where mail is fetched.</param>
/// <param name="ImapPort">993 begins with TLS, any other port with STARTTLS unless <see cref="ImapTls"/> says otherwise.</param>
/// <param name="SmtpHost">Where mail is sent.</param>
/// <param name="SmtpPort">465 begins with TLS, any other port with STARTTLS unless <see cref="SmtpTls"/> says otherwise.</param>
/// <param name="Username">At both servers.</param>
/// <param name="Password">At both servers.</param>
public sealed record NewAccount(
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("imap_host")] string ImapHost,
    [property: JsonPropertyName("imap_port")] int ImapPort,
    [property: JsonPropertyName("smtp_host")] string SmtpHost,
    [property: JsonPropertyName("smtp_port")] int SmtpPort,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("password")] string Password)
{
    /// <summary>As the user calls it.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary><c>implicit</c>, <c>starttls</c> or <c>none</c>; the last only where the installation allows it.</summary>
    [JsonPropertyName("imap_tls")]
    public string? ImapTls { get; init; }

    /// <summary><c>implicit</c>, <c>starttls</c> or <c>none</c>; the last only where the installation allows it.</summary>
    [JsonPropertyName("smtp_tls")]
    public string? SmtpTls { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"account {Email}";
}

/// <summary>What to change of an account; what is null stays as it is.</summary>
public sealed record AccountChange
{
    /// <summary>Empty takes the name away.</summary>
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>True makes it the default account; it stops being that when another one becomes it.</summary>
    [JsonPropertyName("is_default")]
    public bool? IsDefault { get; init; }
}
