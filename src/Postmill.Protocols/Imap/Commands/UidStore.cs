namespace Postmill.Protocols.Imap;

// UID STORE, RFC 9051 §6.4.6 and §6.4.9.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Sets or takes flags of mails in the open mailbox, without being told the result (<c>.SILENT</c>). UIDs that are not there are passed over, as the server does it. A
    /// flag that the mailbox cannot keep (PERMANENTFLAGS) may be dropped without a word: who must know fetches.
    /// </summary>
    /// <param name="uids">Which; many are sent as several commands, of which the first refused is the last sent.</param>
    /// <param name="flags">System flags or keywords.</param>
    /// <param name="set">True sets them, false takes them.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    /// <returns>Null when done.</returns>
    public async Task<ImapRefusal?> UidStoreAsync(UidSet uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken)
    {
        foreach (var part in uids.Split(Limits.CommandSetBytes))
        {
            var command = Command("UID STORE").Raw(part.ToString()).Raw(set ? "+FLAGS.SILENT" : "-FLAGS.SILENT").Raw(FlagList(flags));
            var status = await RunSetAsync(command, null, cancellationToken).ConfigureAwait(false);
            if (!status.IsOk) return status.ToRefusal();
        }

        return null;
    }

    /// <summary><c>(\Seen Work)</c>; what is no flag never reaches the wire.</summary>
    private static string FlagList(IReadOnlyList<string> flags)
    {
        foreach (var flag in flags)
        {
            var atom = flag.StartsWith('\\') ? flag[1..] : flag;
            if (atom.Length == 0 || atom.Any(c => c is <= ' ' or > '~' or '(' or ')' or '{' or '%' or '*' or '"' or '\\' or ']'))
                throw new ArgumentException($"{flag} is not a flag.", nameof(flags));
        }

        return $"({string.Join(' ', flags)})";
    }
}
