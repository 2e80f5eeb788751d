using MailKit.Security;
using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>
/// A SASL mechanism for MailKit that says our messages, one try long. MailKit's own do not repeat PLAIN to a server that ignored the initial
/// response, write names beyond ASCII wrongly into XOAUTH2 and a wrong port into OAUTHBEARER, compute as many rounds of SCRAM as a server
/// likes, and take a success for one that the server has not proven.
/// </summary>
internal sealed class SmtpSaslMechanism : SaslMechanism
{
    // "AUTH", blanks and CRLF around the name and the message.
    private const int AroundMessage = 8;

    private readonly Queue<Func<string, string>> _messages = new();
    private readonly SaslScram? _scram;

    /// <param name="name">One that <see cref="Sasl.Choose"/> has chosen.</param>
    /// <param name="credential">Who and what.</param>
    /// <param name="endpoint">The server, which OAUTHBEARER names.</param>
    /// <param name="random">Random bytes for a nonce.</param>
    /// <exception cref="MailServerException">AuthenticationFailed: the credential does not fit the mechanism or a line.</exception>
    public SmtpSaslMechanism(string name, MailCredential credential, MailEndpoint endpoint, Func<int, byte[]> random) : base(credential.User, "")
    {
        MechanismName = name;
        if (name == SaslScram.Mechanism) _scram = new SaslScram(credential, Convert.ToBase64String(random(SaslScram.NonceBytes)));
        var first = Fitting(_scram?.First ?? Sasl.Initial(name, credential, endpoint.AsciiHost(), endpoint.Port));
        // LOGIN without an initial response: it predates RFC 4954, and some servers take none. What is too long for a command line waits, too.
        SupportsInitialResponse = name != "LOGIN" && first.Length + name.Length + AroundMessage <= SmtpLimits.CommandLineBytes;
        Then(first);
        switch (name)
        {
            case SaslScram.Mechanism:
                _messages.Enqueue(_scram!.Final);
                // RFC 4954 section 4: the server's last message comes as a challenge, which an empty answer acknowledges; one that tells an
                // error, too, and then the refusal follows.
                _messages.Enqueue(Acknowledge);
                break;
            case "LOGIN":
                Then(Fitting(Sasl.Login(credential.Secret)));
                break;
            case "PLAIN" when SupportsInitialResponse:
                // A server that ignored the initial response asks again.
                Then(first);
                break;
            case "OAUTHBEARER":
                // RFC 7628 section 3.2.3: the challenge is an error report, and this answer lets the server say no. So it is with XOAUTH2.
                Then("AQ==");
                break;
            case "XOAUTH2":
                Then("");
                break;
        }
    }

    /// <inheritdoc/>
    public override string MechanismName { get; }

    /// <inheritdoc/>
    public override bool SupportsInitialResponse { get; }

    /// <summary>Whether a refusal now cannot be about the password, because nothing was said that depends on it.</summary>
    public bool IsRefusedUnseen => _scram is { IsProofMade: false };

    /// <summary>Whether the server did its part.</summary>
    public bool MaySucceed => _scram is null or { IsVerified: true };

    /// <inheritdoc/>
    public override string ToString() => MechanismName;

    /// <inheritdoc/>
    protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken)
    {
        if (!_messages.TryDequeue(out var message))
            throw new MailServerException(MailFault.ProtocolError, "The server asks for more than the login mechanism has.");
        return Convert.FromBase64String(message(Convert.ToBase64String(token.AsSpan(startIndex, length))));
    }

    private void Then(string message) => _messages.Enqueue(_ => message);

    private string Acknowledge(string challenge)
    {
        _scram!.Verify(challenge);
        return "";
    }

    private static string Fitting(string line) => line.Length + 64 <= SmtpLimits.AuthLineBytes
        ? line
        : throw new MailServerException(MailFault.AuthenticationFailed, "The login name or password is too long for SMTP.");
}
