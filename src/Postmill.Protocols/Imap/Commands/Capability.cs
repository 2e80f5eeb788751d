using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// CAPABILITY, RFC 9051 §6.1.1.
public sealed partial class ImapConnection
{
    /// <summary>Asks for the capabilities again.</summary>
    public async Task<ImapCapabilities> RefreshCapabilitiesAsync(CancellationToken cancellationToken)
    {
        var status = await RunAsync(Command("CAPABILITY"), null, cancellationToken).ConfigureAwait(false);
        return status.IsOk ? Capabilities : throw status.ToException("CAPABILITY");
    }

    private void TakeCapabilities(ImapStatusLine status)
    {
        if (status.Code == "CAPABILITY") TakeCapabilities(Encoding.Latin1.GetBytes(status.CodeArguments));
    }

    private void TakeCapabilities(ReadOnlySpan<byte> words)
    {
        var names = Encoding.Latin1.GetString(words).Split(' ', Limits.Capabilities + 1, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > Limits.Capabilities) throw new MailServerException(MailFault.LimitExceeded, $"The server announced more than {Limits.Capabilities} capabilities.");
        Capabilities = new ImapCapabilities(names);
        _capabilitiesKnown = true;
    }
}
