using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// STARTTLS, RFC 9051 §6.2.1. What was learnt before the handshake may be forged and is forgotten.
public sealed partial class ImapConnection
{
    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        // RFC 9051 §11.1: PREAUTH leaves no way to STARTTLS; going on would mean plaintext.
        if (IsAuthenticated) throw _transport.Fail(MailFault.PlaintextRefused, "The server greets with PREAUTH, which forbids STARTTLS.");
        if (!_capabilitiesKnown) await RefreshCapabilitiesAsync(cancellationToken).ConfigureAwait(false);
        if (!Capabilities.StartTls) throw _transport.Fail(MailFault.PlaintextRefused, "The server offers no STARTTLS.");
        var status = await RunAsync(Command("STARTTLS"), null, cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) throw new MailServerException(MailFault.PlaintextRefused, "The server refused STARTTLS.", status.Text) { Code = status.Code };
        await _transport.StartTlsAsync(_endpoint.AsciiHost(), cancellationToken).ConfigureAwait(false);
        Capabilities = ImapCapabilities.None;
        _capabilitiesKnown = false;
    }
}
