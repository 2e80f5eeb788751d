using Postmill.Protocols.Imap.Wire;

namespace Postmill.Protocols.Imap;

// STATUS, RFC 9051 §6.3.11.
public sealed partial class ImapConnection
{
    /// <summary>Asks for the counters of a mailbox, which should not be the open one. Phantom mailboxes refuse (hard case 13).</summary>
    public async Task<ImapAnswer<ImapStatus>> StatusAsync(ImapMailboxName mailbox, CancellationToken cancellationToken)
    {
        ImapStatus? found = null;
        var command = Command("STATUS").Mailbox(mailbox).Raw($"({StatusItems()})");
        var status = await RunAsync(command, (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _) =>
        {
            if (header.Kind != UntaggedKind.Status || ReadStatus(ref tokens) is not { } counters) return false;
            // Servers may answer with another spelling of the name (INBOX, UTF-8); one answer is the answer.
            if (found is null || counters.Name == mailbox) found = counters with { Name = mailbox };
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) return new ImapAnswer<ImapStatus>(status.ToRefusal());
        return new ImapAnswer<ImapStatus>(found ?? new ImapStatus(mailbox));
    }

    private string StatusItems() => "MESSAGES UIDNEXT UIDVALIDITY UNSEEN"
        + (Capabilities.CondStore ? " HIGHESTMODSEQ" : "")
        + (Capabilities.StatusSize ? " SIZE" : "")
        + (Capabilities.ObjectId ? " MAILBOXID" : "");
}
