using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

/// <summary>A namespace (RFC 2342): where mailboxes of one kind begin.</summary>
/// <param name="Prefix">Prefix of their names; its wire form may be empty.</param>
/// <param name="Delimiter">Hierarchy delimiter; null when flat.</param>
public sealed record ImapNamespace(string Prefix, char? Delimiter);

/// <summary>The namespaces of an account (RFC 2342 §5).</summary>
/// <param name="Personal">One's own mailboxes.</param>
/// <param name="OtherUsers">Those of others.</param>
/// <param name="Shared">Shared ones.</param>
public sealed record ImapNamespaces(IReadOnlyList<ImapNamespace> Personal, IReadOnlyList<ImapNamespace> OtherUsers, IReadOnlyList<ImapNamespace> Shared)
{
    internal static ImapNamespaces None { get; } = new([], [], []);
}

// NAMESPACE, RFC 2342.
public sealed partial class ImapConnection
{
    // Real servers have a handful; one per shared mailbox tree at most.
    private const int MaxNamespaces = 1000;

    /// <summary>Asks for the namespaces; empty lists when the server has none to tell or refuses. Prefixes are as on the wire.</summary>
    public async Task<ImapNamespaces> NamespaceAsync(CancellationToken cancellationToken)
    {
        var result = ImapNamespaces.None;
        if (!Capabilities.Namespace) return result;
        await RunAsync(Command("NAMESPACE"), (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            if (header.Kind != UntaggedKind.Namespace) return false;
            result = new ImapNamespaces(ReadNamespaces(ref tokens), ReadNamespaces(ref tokens), ReadNamespaces(ref tokens));
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private static List<ImapNamespace> ReadNamespaces(ref ImapTokenizer tokens)
    {
        var namespaces = new List<ImapNamespace>();
        if (tokens.TryReadNil()) return namespaces;
        tokens.OpenList();
        while (tokens.NextInList())
        {
            tokens.OpenList();
            var prefix = System.Text.Encoding.Latin1.GetString(tokens.ReadAString());
            char? delimiter = tokens.TryReadNString(out var quoted) && quoted.Length == 1 ? (char)quoted[0] : null;
            while (tokens.NextInList()) tokens.SkipValue();
            if (namespaces.Count >= MaxNamespaces) throw new MailServerException(MailFault.LimitExceeded, $"The server has more than {MaxNamespaces} namespaces.");
            namespaces.Add(new ImapNamespace(prefix, delimiter));
        }
        return namespaces;
    }
}
