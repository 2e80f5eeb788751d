using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>
/// Servers repeat what they did not understand, also the line with the password. From the login on, what the server says is held against the
/// forms in which the secret was sent, and a text with one of them is not passed on.
/// </summary>
internal sealed class SmtpSecrets
{
    private const string Instead = "(the server repeated the login)";

    private readonly string[] _forms;

    public SmtpSecrets(MailCredential credential, MailEndpoint endpoint)
    {
        var host = endpoint.AsciiHost();
        string[] mechanisms = credential.IsToken ? ["OAUTHBEARER", "XOAUTH2"] : ["PLAIN"];
        IEnumerable<string> forms =
        [
            credential.Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(credential.Secret)),
            .. mechanisms.Select(mechanism => Sasl.Initial(mechanism, credential, host, endpoint.Port)),
        ];
        _forms = credential.Secret.Length == 0 ? [] : [.. forms];
    }

    /// <summary>The lines, or one that stands for them. Looked at together, for an echo may have been folded.</summary>
    public IReadOnlyList<string> Clean(IReadOnlyList<string> lines) => AreIn(string.Join(' ', lines)) || AreIn(string.Concat(lines)) ? [Instead] : lines;

    private bool AreIn(string text) => _forms.Any(form => text.Contains(form, StringComparison.Ordinal));
}
