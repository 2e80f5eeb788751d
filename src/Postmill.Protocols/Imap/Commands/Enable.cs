using System.Text;
using Postmill.Protocols.Imap.Wire;

namespace Postmill.Protocols.Imap;

// ENABLE, RFC 5161.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Switches QRESYNC on (RFC 7162 §3.2.3), when the server announces it. Only an untagged ENABLED that names it counts
    /// (hard case 6): some servers answer OK and do nothing.
    /// </summary>
    /// <returns>Whether it is on.</returns>
    public async Task<bool> EnableQResyncAsync(CancellationToken cancellationToken)
    {
        if (QResyncEnabled || !Capabilities.QResync || !Capabilities.Enable) return QResyncEnabled;
        var confirmed = false;
        var status = await RunAsync(Command("ENABLE").Raw("QRESYNC"), (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            if (header.Kind != UntaggedKind.Enabled) return false;
            for (tokens.SkipSpaces(); !tokens.AtEnd; tokens.SkipSpaces()) confirmed |= Ascii.EqualsIgnoreCase(tokens.ReadAtom(), "QRESYNC"u8);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return QResyncEnabled = status.IsOk && confirmed;
    }
}
