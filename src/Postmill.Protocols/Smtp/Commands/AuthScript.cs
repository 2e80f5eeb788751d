using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>What a mechanism says: the command, then an answer to each challenge (334). Nothing of it is ever shown.</summary>
internal sealed class AuthScript
{
    private readonly Queue<Func<string, string>> _answers;
    private readonly SaslScram? _scram;

    private AuthScript(string command, IEnumerable<Func<string, string>> answers, SaslScram? scram = null)
    {
        Command = command;
        _answers = new Queue<Func<string, string>>(answers);
        _scram = scram;
    }

    /// <summary>It may hold the secret.</summary>
    public string Command { get; }

    /// <summary>Whether a refusal now cannot be about the password, because nothing was said that depends on it.</summary>
    public bool IsRefusedUnseen => _scram is { IsProofMade: false };

    /// <summary>Whether the server did its part.</summary>
    public bool MaySucceed => _scram is null or { IsVerified: true };

    /// <exception cref="MailServerException">AuthenticationFailed: the credential does not fit the mechanism or a line.</exception>
    public static AuthScript For(string mechanism, MailCredential credential, MailEndpoint endpoint, Func<int, byte[]> random)
    {
        if (mechanism == SaslScram.Mechanism) return OfScram(new SaslScram(credential, Convert.ToBase64String(random(SaslScram.NonceBytes))));
        var first = Sasl.Initial(mechanism, credential, endpoint.AsciiHost(), endpoint.Port);
        // LOGIN without an initial response: it predates RFC 4954, and some servers take none.
        if (mechanism == "LOGIN") return new AuthScript("AUTH LOGIN", Fixed(Fitting(first), Fitting(Sasl.Login(credential.Secret))));
        string[] answers = mechanism switch
        {
            // A server that ignored the initial response asks again.
            "PLAIN" => [first],
            // RFC 7628 section 3.2.3, and XOAUTH2: the challenge is an error report; this answer lets the server say no.
            "OAUTHBEARER" => ["AQ=="],
            _ => [""],
        };
        return Begin(mechanism, first, Fixed(answers));
    }

    /// <summary>The answer to the next challenge, the text of its 334; null when the mechanism has no more.</summary>
    /// <exception cref="MailServerException">ProtocolError: the server's side of the mechanism is wrong.</exception>
    public string? Answer(string challenge) => _answers.TryDequeue(out var answer) ? answer(challenge) : null;

    /// <inheritdoc/>
    public override string ToString() => nameof(AuthScript);

    // RFC 4954 section 4: the server's last message comes as a challenge, which an empty answer acknowledges; "*" gives up.
    private static AuthScript OfScram(SaslScram scram) => Begin(SaslScram.Mechanism, scram.First, [scram.Final, challenge => scram.Verify(challenge) ? "" : "*"], scram);

    private static AuthScript Begin(string mechanism, string first, IEnumerable<Func<string, string>> answers, SaslScram? scram = null)
    {
        var command = $"AUTH {mechanism} {Fitting(first)}";
        var waits = command.Length + 2 > SmtpLimits.CommandLineBytes;
        return waits ? new AuthScript($"AUTH {mechanism}", [_ => first, .. answers], scram) : new AuthScript(command, answers, scram);
    }

    private static IEnumerable<Func<string, string>> Fixed(params string[] answers) => answers.Select(answer => new Func<string, string>(_ => answer));

    private static string Fitting(string line) => line.Length + 64 <= SmtpLimits.AuthLineBytes
        ? line
        : throw new MailServerException(MailFault.AuthenticationFailed, "The login name or password is too long for SMTP.");
}
