using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// LIST, RFC 9051 §6.3.9; with SPECIAL-USE (RFC 6154) and STATUS (RFC 5819) in the same answer where offered.
public sealed partial class ImapConnection
{
    /// <summary>All mailboxes, INBOX among them also where the server forgets it (hard case 18).</summary>
    /// <param name="withStatus">Ask for the counters, too, if that costs no further command; then <see cref="ImapMailbox.Status"/> is set.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    /// <exception cref="MailServerException">CommandRefused, LimitExceeded (<see cref="ImapLimits.Mailboxes"/>), or any fault of the connection.</exception>
    public async Task<IReadOnlyList<ImapMailbox>> ListAsync(bool withStatus, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ImapMailbox>(StringComparer.Ordinal);
        var status = await ListAsync("*", ReturnOptions(withStatus), found, cancellationToken).ConfigureAwait(false);
        // Announced and not understood: ask as RFC 3501 does.
        if (status.Condition == ImapCondition.Bad && ReturnOptions(withStatus) is not null)
            status = await ListAsync("*", null, found, cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) throw status.ToException("LIST");
        if (!found.Values.Any(mailbox => mailbox.Name.IsInbox))
            await ListAsync("INBOX", null, found, cancellationToken).ConfigureAwait(false);
        return [.. found.Values];
    }

    private string? ReturnOptions(bool withStatus)
    {
        var options = new List<string>();
        if (Capabilities.SpecialUse && Capabilities.ListExtended) options.Add("SPECIAL-USE");
        if (withStatus && Capabilities.ListStatus) options.Add($"STATUS ({StatusItems()})");
        return options.Count == 0 ? null : $"RETURN ({string.Join(' ', options)})";
    }

    private Task<ImapStatusLine> ListAsync(string pattern, string? returnOptions, Dictionary<string, ImapMailbox> found, CancellationToken cancellationToken)
    {
        var command = Command("LIST").Raw("\"\"").Raw($"\"{pattern}\"");
        if (returnOptions is not null) command.Raw(returnOptions);
        return RunAsync(command, (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            if (header.Kind == UntaggedKind.List && ReadMailbox(ref tokens) is { } mailbox)
            {
                if (found.Count >= Limits.Mailboxes) throw new MailServerException(MailFault.LimitExceeded, $"The server has more than {Limits.Mailboxes} mailboxes.");
                found.TryAdd(mailbox.Name.Wire, mailbox);
            }
            else if (header.Kind == UntaggedKind.Status && ReadStatus(ref tokens) is { } counters)
            {
                if (!found.TryGetValue(counters.Name.Wire, out var known)) return false;
                found[counters.Name.Wire] = known with { Status = counters };
            }
            return header.Kind is UntaggedKind.List or UntaggedKind.Status;
        }, cancellationToken);
    }
}
