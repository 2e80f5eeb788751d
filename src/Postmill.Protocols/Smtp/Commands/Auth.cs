using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>AUTH, RFC 4954.</summary>
internal static class Auth
{
    private const int MechanismUnknown = 504;
    private const int PasswordTransitionNeeded = 432;

    public static async Task RunAsync(SmtpWire wire, SmtpExtensions extensions, MailCredential credential, MailEndpoint endpoint, CancellationToken ct)
    {
        var mechanisms = extensions.AuthMechanisms.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (mechanisms.Count == 0) throw new MailServerException(MailFault.AuthenticationFailed, "The server offers no login (AUTH) here.");
        wire.Secrets = new SmtpSecrets(credential, endpoint);
        using var step = wire.Begin("AUTH", ct);
        SmtpReply? refused = null;
        while (Sasl.Choose(mechanisms, credential) is { } mechanism)
        {
            var reply = await ExchangeAsync(wire, AuthScript.For(mechanism, credential, endpoint)).ConfigureAwait(false);
            if (reply.IsPositive) return;
            refused = reply;
            // A mechanism that was announced and is not there says nothing of the credentials; every other refusal is final, or it would be hammering.
            if (reply.Code != MechanismUnknown) break;
            mechanisms.Remove(mechanism);
        }
        throw refused is null
            ? new MailServerException(MailFault.AuthenticationFailed, $"The server offers no login that takes {(credential.IsToken ? "a token" : "a password")}.")
            : Refused(refused);
    }

    private static async Task<SmtpReply> ExchangeAsync(SmtpWire wire, AuthScript script)
    {
        var reply = await wire.AskAsync(script.Command, SmtpLimits.AuthLineBytes).ConfigureAwait(false);
        for (var challenge = 0; reply.IsIntermediate; challenge++)
        {
            if (challenge == SmtpLimits.AuthChallenges || script.Answer(challenge) is not { } answer)
                throw wire.Transport.Fail(MailFault.ProtocolError, "The server asks for more than the login mechanism has.");
            reply = await wire.AskAsync(answer, SmtpLimits.AuthLineBytes).ConfigureAwait(false);
        }
        return reply;
    }

    private static MailServerException Refused(SmtpReply reply)
    {
        var forNow = reply.IsTransient && reply.Code != PasswordTransitionNeeded;
        return reply.Refusal(forNow ? MailFault.CommandRefused : MailFault.AuthenticationFailed, forNow ? "The server cannot check the login now" : "The server refused the login");
    }
}
