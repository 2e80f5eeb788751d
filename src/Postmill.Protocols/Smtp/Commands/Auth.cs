using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>AUTH, RFC 4954.</summary>
internal static class Auth
{
    private const int MechanismUnknown = 504;
    private const int PasswordTransitionNeeded = 432;

    /// <returns>The mechanism that logged in.</returns>
    public static async Task<string> RunAsync(SmtpWire wire, SmtpExtensions extensions, MailCredential credential, MailEndpoint endpoint, CancellationToken ct)
    {
        var mechanisms = extensions.AuthMechanisms.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (mechanisms.Count == 0) throw new MailServerException(MailFault.AuthenticationFailed, "The server offers no login (AUTH) here.");
        wire.Secrets = new SmtpSecrets(credential, endpoint);
        using var step = wire.Begin("AUTH", ct);
        SmtpReply? refused = null;
        while (Sasl.Choose(mechanisms, credential, withScram: true) is { } mechanism)
        {
            var script = AuthScript.For(mechanism, credential, endpoint, wire.Transport.Options.Random);
            wire.IsLoggingIn = true;
            var reply = await ExchangeAsync(wire, script).ConfigureAwait(false);
            wire.IsLoggingIn = false;
            if (reply.IsPositive) return mechanism;
            refused = reply;
            // A mechanism that was announced and is not there, or not for this user, says nothing of the credentials; every other refusal is final, or it would be hammering.
            if (reply.Code != MechanismUnknown && !(reply.IsPermanent && script.IsRefusedUnseen)) break;
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
            if (challenge == SmtpLimits.AuthChallenges || Answer(wire, script, reply) is not { } answer)
                throw wire.Transport.Fail(MailFault.ProtocolError, "The server asks for more than the login mechanism has.");
            reply = await wire.AskAsync(answer, SmtpLimits.AuthLineBytes).ConfigureAwait(false);
        }
        if (reply.IsPositive && !script.MaySucceed) throw wire.Transport.Fail(MailFault.ProtocolError, "The server did not prove that it knows the password.");
        return reply;
    }

    private static string? Answer(SmtpWire wire, AuthScript script, SmtpReply challenge)
    {
        try
        {
            return script.Answer(challenge.Lines[0]);
        }
        catch (MailServerException)
        {
            wire.Transport.Abort();
            throw;
        }
    }

    private static MailServerException Refused(SmtpReply reply)
    {
        var forNow = reply.IsTransient && reply.Code != PasswordTransitionNeeded;
        return reply.Refusal(forNow ? MailFault.CommandRefused : MailFault.AuthenticationFailed, forNow ? "The server cannot check the login now" : "The server refused the login");
    }
}
