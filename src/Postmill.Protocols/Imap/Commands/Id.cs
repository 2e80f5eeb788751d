using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// ID, RFC 2971.
public sealed partial class ImapConnection
{
    // RFC 2971 §3.3: at most 30 pairs.
    private const int MaxIdPairs = 30;

    /// <summary>Introduces us and learns who the server is. Empty when the server has no ID, says NIL or refuses.</summary>
    /// <param name="name">Our name; some providers serve only clients that give one.</param>
    /// <param name="version">Our version.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public async Task<IReadOnlyDictionary<string, string>> IdAsync(string name, string version, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!Capabilities.Id) return fields;
        var command = Command("ID").Raw("(\"name\"").Text(name).Raw("\"version\"").Text(version).Close();
        await RunAsync(command, (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            if (header.Kind != UntaggedKind.Id) return false;
            if (!tokens.TryReadNil()) ReadIdFields(ref tokens, fields);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return fields;
    }

    private static void ReadIdFields(ref ImapTokenizer tokens, Dictionary<string, string> fields)
    {
        tokens.OpenList();
        while (tokens.NextInList())
        {
            var key = Encoding.UTF8.GetString(tokens.ReadAString());
            var value = tokens.TryReadNString(out var text) ? ServerText.Clean(text) : "";
            if (fields.Count < MaxIdPairs) fields[ServerText.Clean(key)] = value;
        }
    }
}
