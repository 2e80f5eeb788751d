using System.Text.Json.Serialization;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary>Body of <c>POST /api/accounts</c>. <c>tls</c> is for both servers, <c>imap_tls</c> and <c>smtp_tls</c> for one.</summary>
internal sealed record ConnectAccount(
    [property: JsonPropertyName("email")] string? Email,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("imap_host")] string? ImapHost,
    [property: JsonPropertyName("imap_port")] int? ImapPort,
    [property: JsonPropertyName("smtp_host")] string? SmtpHost,
    [property: JsonPropertyName("smtp_port")] int? SmtpPort,
    [property: JsonPropertyName("username")] string? Username,
    [property: JsonPropertyName("password")] string? Password,
    [property: JsonPropertyName("tls")] string? Tls,
    [property: JsonPropertyName("imap_tls")] string? ImapTls,
    [property: JsonPropertyName("smtp_tls")] string? SmtpTls,
    [property: JsonPropertyName("sending_limits")] SendingLimitsJson? SendingLimits) : IChecked
{
    public const int MaxUsername = 320;
    public const int MaxPassword = 4_096; // app passwords are short; some providers take tokens here
    private const int MaxEmail = 254;     // RFC 5321 §4.5.3.1.3
    private const int MaxHost = 253;      // RFC 1035 §2.3.4
    private const int MaxName = 200;

    public void Check(FieldErrors errors)
    {
        errors.Required("email", Email, MaxEmail);
        if (!string.IsNullOrWhiteSpace(Email)) errors.Check(IsAddress(Email), "email", "must be an email address");
        CheckName(errors, Name);
        CheckHost(errors, "imap_host", ImapHost);
        errors.Required("imap_port", ImapPort, 1, 65_535);
        CheckHost(errors, "smtp_host", SmtpHost);
        errors.Required("smtp_port", SmtpPort, 1, 65_535);
        errors.Required("username", Username, MaxUsername).Check(Username is null || !Username.Any(char.IsControl), "username", "must not contain control characters");
        errors.Check(!string.IsNullOrEmpty(Password), "password", "is required").Optional("password", Password, MaxPassword);
        foreach (var (field, word) in new[] { ("tls", Tls), ("imap_tls", ImapTls), ("smtp_tls", SmtpTls) })
            errors.Check(word is null or "implicit" or "starttls" or "none", field, "must be implicit, starttls or none");
        SendingLimits?.Check(errors);
    }

    public static void CheckName(FieldErrors errors, string? name) =>
        errors.Optional("name", name, MaxName).Check(name is null || !name.Any(char.IsControl), "name", "must not contain control characters");

    public NewAccount ToAccount() => new(
        Email!.Trim(), Name,
        new ServerAddress(ImapHost!, ImapPort!.Value, TlsOf(ImapTls ?? Tls, ImapPort.Value, implicitPort: 993)),
        new ServerAddress(SmtpHost!, SmtpPort!.Value, TlsOf(SmtpTls ?? Tls, SmtpPort.Value, implicitPort: 465)),
        Username!, Password!)
    {
        Limits = SendingLimits?.ToLimits() ?? AccountLimits.None,
    };

    /// <summary>993 and 465 begin with TLS, every other port with STARTTLS, unless the request says otherwise. Never silently without.</summary>
    private static ServerTls TlsOf(string? word, int port, int implicitPort) => word switch
    {
        "implicit" => ServerTls.Implicit,
        "none" => ServerTls.None,
        "starttls" => ServerTls.StartTls,
        _ => port == implicitPort ? ServerTls.Implicit : ServerTls.StartTls,
    };

    private static void CheckHost(FieldErrors errors, string field, string? host)
    {
        errors.Required(field, host, MaxHost);
        if (!string.IsNullOrWhiteSpace(host)) errors.Check(Uri.CheckHostName(host) != UriHostNameType.Unknown, field, "must be a host name or an IP address");
    }

    private static bool IsAddress(string email)
    {
        var trimmed = email.Trim();
        var at = trimmed.LastIndexOf('@');
        return at > 0 && at < trimmed.Length - 1 && !trimmed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',');
    }
}
