namespace Postmill.Protocols.Imap;

// UID EXPUNGE, RFC 4315 §2.1.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Removes those of these mails that are marked <c>\Deleted</c>, for good, and no others; only where the server has UIDPLUS. There is no plain EXPUNGE here: it would
    /// remove what somebody else has marked.
    /// </summary>
    /// <returns>Null when done.</returns>
    public async Task<ImapRefusal?> UidExpungeAsync(UidSet uids, CancellationToken cancellationToken)
    {
        if (!Capabilities.UidPlus) throw new InvalidOperationException("The server has no UIDPLUS.");
        foreach (var part in uids.Split(Limits.CommandSetBytes))
        {
            var status = await RunSetAsync(Command("UID EXPUNGE").Raw(part.ToString()), null, cancellationToken).ConfigureAwait(false);
            if (!status.IsOk) return status.ToRefusal();
        }

        return null;
    }
}
