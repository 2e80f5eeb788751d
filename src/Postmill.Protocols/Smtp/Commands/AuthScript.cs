using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>What a mechanism says: the command, then an answer to each challenge (334).</summary>
/// <param name="Command">Never shown: it may hold the secret.</param>
/// <param name="Answers">In the order of the challenges; never shown.</param>
internal sealed record AuthScript(string Command, IReadOnlyList<string> Answers)
{
    /// <exception cref="MailServerException">AuthenticationFailed: the credential does not fit the mechanism or a line.</exception>
    public static AuthScript For(string mechanism, MailCredential credential, MailEndpoint endpoint)
    {
        var first = Sasl.Initial(mechanism, credential, endpoint.AsciiHost(), endpoint.Port);
        // LOGIN without an initial response: it predates RFC 4954, and some servers take none.
        if (mechanism == "LOGIN") return new AuthScript("AUTH LOGIN", [Fitting(first), Fitting(Sasl.Login(credential.Secret))]);
        var command = $"AUTH {mechanism} {Fitting(first)}";
        var waits = command.Length + 2 > SmtpLimits.CommandLineBytes;
        string[] answers = mechanism switch
        {
            // A server that ignored the initial response asks again.
            "PLAIN" => [first],
            // RFC 7628 section 3.2.3, and XOAUTH2: the challenge is an error report; this answer lets the server say no.
            "OAUTHBEARER" => ["AQ=="],
            _ => [""],
        };
        return waits ? new AuthScript($"AUTH {mechanism}", [first, .. answers]) : new AuthScript(command, answers);
    }

    public string? Answer(int challenge) => challenge < Answers.Count ? Answers[challenge] : null;

    /// <inheritdoc/>
    public override string ToString() => nameof(AuthScript);

    private static string Fitting(string line) => line.Length + 64 <= SmtpLimits.AuthLineBytes
        ? line
        : throw new MailServerException(MailFault.AuthenticationFailed, "The login name or password is too long for SMTP.");
}
