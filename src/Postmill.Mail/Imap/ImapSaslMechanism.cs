using MailKit.Security;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

/// <summary>A SASL mechanism for MailKit that says our messages (<see cref="Sasl"/>), one try long. MailKit's own write names beyond ASCII wrongly into XOAUTH2 and a wrong port into OAUTHBEARER.</summary>
internal sealed class ImapSaslMechanism : SaslMechanism
{
    private readonly Queue<string> _messages = new();

    /// <param name="name">One that <see cref="Sasl.Choose"/> has chosen, not SCRAM.</param>
    /// <param name="credential">Who and what.</param>
    /// <param name="endpoint">The server, which OAUTHBEARER names.</param>
    /// <exception cref="MailServerException">AuthenticationFailed: the credential does not fit the mechanism.</exception>
    public ImapSaslMechanism(string name, MailCredential credential, MailEndpoint endpoint) : base(credential.User, "")
    {
        MechanismName = name;
        _messages.Enqueue(Sasl.Initial(name, credential, endpoint.Host, endpoint.Port));
        if (name == "LOGIN") _messages.Enqueue(Sasl.Login(credential.Secret));
        // A refused token is explained by a challenge that wants an empty answer (XOAUTH2) or a ^A (RFC 7628 §3.2.3) before the NO.
        if (name == "OAUTHBEARER") _messages.Enqueue("AQ==");
        if (name == "XOAUTH2") _messages.Enqueue("");
    }

    /// <inheritdoc/>
    public override string MechanismName { get; }

    /// <inheritdoc/>
    public override bool SupportsInitialResponse => true;

    /// <inheritdoc/>
    public override string ToString() => MechanismName;

    /// <inheritdoc/>
    protected override byte[]? Challenge(byte[]? token, int startIndex, int length, CancellationToken cancellationToken) => _messages.TryDequeue(out var message)
        ? Convert.FromBase64String(message)
        : throw new MailServerException(MailFault.ProtocolError, "The server asks for more than the login mechanism has.");
}
