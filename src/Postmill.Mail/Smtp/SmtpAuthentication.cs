using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>AUTH, RFC 4954: the best mechanism that server and credential share, and another one only when the server has said nothing of the credentials.</summary>
internal static class SmtpAuthentication
{
    private const int PasswordTransitionNeeded = 432;

    /// <returns>The mechanism that logged in.</returns>
    public static async Task<string> RunAsync(
        GuardedSmtpClient client, MailCredential credential, MailEndpoint endpoint, Func<int, byte[]> random, CancellationToken cancellationToken)
    {
        var mechanisms = client.AuthenticationMechanisms.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (mechanisms.Count == 0) throw new MailServerException(MailFault.AuthenticationFailed, "The server offers no login (AUTH) here.");
        SmtpReply? said = null;
        while (Sasl.Choose(mechanisms, credential, withScram: true) is { } name)
        {
            var mechanism = new SmtpSaslMechanism(name, credential, endpoint, random);
            said = await client.LogInAsync(mechanism, cancellationToken).ConfigureAwait(false);
            if (said.IsPositive) return name;
            // Every refusal of the credentials is final, or it would be hammering.
            if (!IsOfMechanism(said) && !(said.IsPermanent && mechanism.IsRefusedUnseen)) break;
            mechanisms.Remove(name);
        }
        if (said is not null) throw Refused(said);
        var secret = credential.IsToken ? "a token" : "a password";
        throw new MailServerException(MailFault.AuthenticationFailed, $"The server offers no login that takes {secret}.");
    }

    // A mechanism that was announced and is not there, or not for this user.
    private static bool IsOfMechanism(SmtpReply reply) => reply.Code is 502 or 504 or 553;

    private static MailServerException Refused(SmtpReply reply)
    {
        var forNow = reply.IsTransient && reply.Code != PasswordTransitionNeeded;
        return forNow
            ? reply.Refusal(MailFault.CommandRefused, "The server cannot check the login now")
            : reply.Refusal(MailFault.AuthenticationFailed, "The server refused the login");
    }
}
