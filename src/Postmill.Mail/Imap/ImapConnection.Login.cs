using System.Net;
using System.Text;
using MailKit.Net.Imap;
using MailKit.Security;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

// Logging in: which way, and what the answer means (RFC 9051 §6.2.2 and §6.2.3). And what follows it: ID (RFC 2971), ENABLE (RFC 5161).
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
        var mechanism = Sasl.Choose(_client.AuthenticationMechanisms, credential);
        var mayLogin = !credential.IsToken && !Capabilities.LoginDisabled;
        ImapStatusLine? refused;
        if (mechanism is not null && (mechanism != "LOGIN" || !mayLogin))
        {
            var sasl = new ImapSaslMechanism(mechanism, credential, _endpoint);
            refused = await TryAsync(() => _client.AuthenticateAsync(sasl, cancellationToken)).ConfigureAwait(false);
            // A server that announces a mechanism and does not know AUTHENTICATE; a throttled one is left alone.
            if (refused is { Condition: ImapCondition.Bad, Code: null } && IsUsable && mayLogin && ThrottleHint.Find(refused.Text) is null)
                refused = await LoginCommandAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        else if (mayLogin)
        {
            refused = await LoginCommandAsync(credential, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            throw NoWayToLogIn();
        }

        if (refused is not null) throw LoginRefused(refused, credential);
        // Nobody uses annotations, and MailKit would ask for them with every SELECT.
        _client.Capabilities &= ~MailKit.Net.Imap.ImapCapabilities.Annotate;
    }

    /// <summary>Introduces us, where the server has ID; some providers serve only clients that do. A refusal changes nothing.</summary>
    public async Task IdAsync(string name, string version, CancellationToken cancellationToken)
    {
        if (Capabilities.Id) await DoAsync(() => _client.IdentifyAsync(new ImapImplementation { Name = name, Version = version }, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Switches QRESYNC on (RFC 7162 §3.2.3), when the server announces it; before a mailbox is selected. Only an untagged ENABLED that names it counts: some servers answer OK and do nothing.
    /// Of iCloud MailKit knows that its OK means it.
    /// </summary>
    /// <returns>Whether it is on.</returns>
    public async Task<bool> EnableQResyncAsync(CancellationToken cancellationToken)
    {
        if (QResyncEnabled || Capabilities is not { QResync: true, Enable: true }) return QResyncEnabled;
        var refused = await DoAsync(() => _client.EnableQuickResyncAsync(cancellationToken)).ConfigureAwait(false);
        return QResyncEnabled = refused is null && _client.Inbox is { } inbox && inbox.Supports(MailKit.FolderFeature.QuickResync);
    }

    private Task<ImapStatusLine?> LoginCommandAsync(MailCredential credential, CancellationToken cancellationToken)
    {
        if (credential.User.Contains('\0', StringComparison.Ordinal) || credential.Secret.Contains('\0', StringComparison.Ordinal))
            throw new MailServerException(MailFault.AuthenticationFailed, "A login name or password cannot contain control characters.");
        // Else MailKit would try each mechanism first.
        _client.AuthenticationMechanisms.Clear();
        return TryAsync(() => _client.AuthenticateAsync(Encoding.UTF8, new NetworkCredential(credential.User, credential.Secret), cancellationToken));
    }

    /// <summary>Null when it succeeded. A refusal is one also when the server says BYE around it.</summary>
    private Task<ImapStatusLine?> TryAsync(Func<Task> logIn) => RunAsync(async () =>
    {
        try
        {
            await logIn().ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (!IsAuthenticated && e is AuthenticationException or ImapProtocolException or MailServerException && _guard.Answer is { IsOk: false })
        {
            // MailKit's message repeats the server's words, and they may repeat the password.
            return _guard.Answer;
        }
    });

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
