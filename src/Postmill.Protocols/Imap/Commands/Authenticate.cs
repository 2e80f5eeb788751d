using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// AUTHENTICATE, RFC 9051 §6.2.2; with an initial response where SASL-IR (RFC 4959) allows it.
public sealed partial class ImapConnection
{
    // LOGIN asks twice; an OAuth mechanism explains a refusal in one more challenge.
    private const int MaxChallenges = 4;

    private Task<ImapStatusLine> AuthenticateAsync(string mechanism, MailCredential credential, CancellationToken cancellationToken)
    {
        var answers = new Queue<string>();
        answers.Enqueue(Sasl.Initial(mechanism, credential, _endpoint.Host, _endpoint.Port));
        if (mechanism == "LOGIN") answers.Enqueue(Sasl.Login(credential.Secret));
        // A refused token is explained by a challenge that wants an empty answer (XOAUTH2) or a ^A (RFC 7628 §3.2.3) before the NO.
        if (mechanism == "OAUTHBEARER") answers.Enqueue("AQ==");
        if (mechanism == "XOAUTH2") answers.Enqueue("");

        var command = Command("AUTHENTICATE", isSecret: true).Raw(mechanism);
        if (Capabilities.SaslIr) command.Raw(answers.Dequeue());
        return ExclusiveAsync("AUTHENTICATE", Timeouts.Command, async () =>
        {
            if (await SendAsync(command, null).ConfigureAwait(false) is { } refused) return refused;
            for (var challenge = 0; challenge < MaxChallenges; challenge++)
            {
                if (await AwaitContinuationAsync(command.Tag, null).ConfigureAwait(false) is { } status) return status;
                // "*" cancels: the server asks for more than the mechanism has.
                var answer = answers.TryDequeue(out var next) ? next : "*";
                await _transport.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n")).ConfigureAwait(false);
            }
            throw new MailServerException(MailFault.ProtocolError, $"The server does not end AUTHENTICATE {mechanism}.");
        }, cancellationToken);
    }
}
