using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// Logging in: which way, and what the answer means. LOGIN is RFC 9051 §6.2.3.
public sealed partial class ImapConnection
{
    /// <summary>Codes of a NO that is not about the credentials (RFC 9051 §7.1): trying again later can help.</summary>
    private static readonly string[] NotTheCredentials = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA", "CONTACTADMIN", "ALREADYEXISTS"];

    /// <summary>
    /// Logs in, in the best way the server offers: SASL PLAIN, the LOGIN command, SASL LOGIN; OAUTHBEARER or XOAUTH2 for tokens. The
    /// credentials are tried once. Afterwards the capabilities are those of the logged-in state. Does nothing after PREAUTH.
    /// </summary>
    /// <exception cref="MailServerException">
    /// AuthenticationFailed: wrong credentials, or no way to use them. PlaintextRefused: the server wants TLS first.
    /// CommandRefused: not now (<see cref="MailServerException.RetryAfter"/>). And every other fault.
    /// </exception>
    public async Task LoginAsync(MailCredential credential, CancellationToken cancellationToken)
    {
        if (IsAuthenticated) return;
        _capabilitiesKnown = false;
        var mechanism = Sasl.Choose(Capabilities.AuthMechanisms, credential);
        var mayLogin = !credential.IsToken && !Capabilities.LoginDisabled;
        ImapStatusLine status;
        if (mechanism is not null && (mechanism != "LOGIN" || !mayLogin))
        {
            status = await AuthenticateAsync(mechanism, credential, cancellationToken).ConfigureAwait(false);
            // A server that announces a mechanism and does not know AUTHENTICATE; a throttled one is left alone.
            if (status is { Condition: ImapCondition.Bad, Code: null } && mayLogin && ThrottleHint.Find(status.Text) is null)
                status = await LoginCommandAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        else if (mayLogin)
        {
            status = await LoginCommandAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw NoWayToLogIn();
        }
        if (!status.IsOk) throw LoginRefused(status, credential);
        IsAuthenticated = true;
        if (!_capabilitiesKnown) await RefreshCapabilitiesAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<ImapStatusLine> LoginCommandAsync(MailCredential credential, CancellationToken cancellationToken)
    {
        if (credential.User.Contains('\0', StringComparison.Ordinal) || credential.Secret.Contains('\0', StringComparison.Ordinal))
            throw new MailServerException(MailFault.AuthenticationFailed, "A login name or password cannot contain control characters.");
        return RunAsync(Command("LOGIN", isSecret: true).Text(credential.User).Text(credential.Secret), null, cancellationToken);
    }

    private MailServerException NoWayToLogIn() => Capabilities.LoginDisabled && !IsSecure
        ? new MailServerException(MailFault.PlaintextRefused, "The server takes no login without TLS.")
        : new MailServerException(MailFault.AuthenticationFailed, "The server offers no authentication mechanism that we can use.");

    private static MailServerException LoginRefused(ImapStatusLine status, MailCredential credential)
    {
        var retryAfter = ThrottleHint.Find(status.Text);
        var fault = status.Code switch
        {
            "PRIVACYREQUIRED" => MailFault.PlaintextRefused,
            { } code when Array.IndexOf(NotTheCredentials, code) >= 0 => MailFault.CommandRefused,
            _ => retryAfter is null ? MailFault.AuthenticationFailed : MailFault.CommandRefused,
        };
        // A server may quote what it was sent.
        var text = credential.Secret.Length == 0 ? status.Text : status.Text.Replace(credential.Secret, "…", StringComparison.Ordinal);
        return new MailServerException(fault, "The server refused the login.", text) { Code = status.Code, RetryAfter = retryAfter };
    }
}
