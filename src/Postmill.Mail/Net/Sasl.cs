using System.Globalization;
using System.Text;

namespace Postmill.Mail.Net;

/// <summary>The messages of the SASL mechanisms that IMAP and SMTP share, base64-encoded as they go on the wire.</summary>
public static class Sasl
{
    /// <summary>Mechanisms we can use, the preferred first, among those a server announces.</summary>
    /// <param name="announced">Mechanism names, any case.</param>
    /// <param name="credential">What we have: tokens only go with OAUTHBEARER and XOAUTH2, passwords with PLAIN and LOGIN.</param>
    /// <param name="withScram">Whether the caller can do <see cref="SaslScram"/>, which comes before PLAIN then.</param>
    /// <returns>The mechanism in capitals, or null.</returns>
    public static string? Choose(IEnumerable<string> announced, MailCredential credential, bool withScram = false)
    {
        string[] preferred = credential.IsToken ? ["OAUTHBEARER", "XOAUTH2"] : withScram ? [SaslScram.Mechanism, "PLAIN", "LOGIN"] : ["PLAIN", "LOGIN"];
        var offered = announced.Select(name => name.ToUpperInvariant()).ToHashSet();
        return Array.Find(preferred, offered.Contains);
    }

    /// <summary>The one message of PLAIN (RFC 4616): authorization identity, NUL, user, NUL, password, in UTF-8.</summary>
    public static string Plain(MailCredential credential) => Base64($"\0{Checked(credential.User)}\0{Checked(credential.Secret)}");

    /// <summary>One answer of LOGIN (draft-murchison-sasl-login): the user, then the password.</summary>
    public static string Login(string value) => Base64(Checked(value));

    /// <summary>The one message of OAUTHBEARER (RFC 7628 §3.1).</summary>
    /// <param name="credential">User and token.</param>
    /// <param name="host">The host connected to.</param>
    /// <param name="port">Its port.</param>
    public static string OAuthBearer(MailCredential credential, string host, int port)
    {
        // RFC 5801 §4: "," and "=" in the authorization identity are escaped.
        var user = Checked(credential.User).Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        var portText = port.ToString(CultureInfo.InvariantCulture);
        return Base64($"n,a={user},\u0001host={host}\u0001port={portText}\u0001auth=Bearer {Checked(credential.Secret)}\u0001\u0001");
    }

    /// <summary>The one message of XOAUTH2 (Google, Microsoft).</summary>
    public static string XOAuth2(MailCredential credential) => Base64($"user={Checked(credential.User)}\u0001auth=Bearer {Checked(credential.Secret)}\u0001\u0001");

    /// <summary>The first client message of any of the mechanisms.</summary>
    public static string Initial(string mechanism, MailCredential credential, string host, int port) => mechanism switch
    {
        "PLAIN" => Plain(credential),
        "LOGIN" => Login(credential.User),
        "OAUTHBEARER" => OAuthBearer(credential, host, port),
        "XOAUTH2" => XOAuth2(credential),
        _ => throw new ArgumentOutOfRangeException(nameof(mechanism), mechanism, "Not a mechanism of ours."),
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // NUL and SOH separate the fields of these messages; a value that has one would say something else than it is.
    private static string Checked(string value) => value.AsSpan().ContainsAny('\0', '\u0001')
        ? throw new MailServerException(MailFault.AuthenticationFailed, "A login name or password cannot contain control characters.")
        : value;
}
