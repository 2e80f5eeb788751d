using System.Globalization;
using System.Text;
using Postmill.Protocols.Imap.Wire;

namespace Postmill.Protocols.Imap;

// UID COPY, RFC 9051 §6.4.7 and §6.4.9; COPYUID, RFC 4315 §3.
public sealed partial class ImapConnection
{
    /// <summary>Copies mails of the open mailbox into another, all or none of one command. UIDs that are not there are passed over.</summary>
    /// <returns>Where the copies are, or the refusal: code <c>TRYCREATE</c> when there is no such mailbox.</returns>
    /// <param name="uids">Which; their text must fit one command (<see cref="ImapLimits.CommandSetBytes"/>).</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    public Task<ImapAnswer<ImapCopied>> UidCopyAsync(UidSet uids, ImapMailboxName target, CancellationToken cancellationToken) =>
        CopyAsync("UID COPY", uids, target, cancellationToken);

    private async Task<ImapAnswer<ImapCopied>> CopyAsync(string name, UidSet uids, ImapMailboxName target, CancellationToken cancellationToken)
    {
        var set = uids.ToString();
        if (set.Length > Limits.CommandSetBytes) throw new ArgumentException("More UIDs than fit one command.", nameof(uids));
        ImapCopied? copied = null;
        var status = await RunSetAsync(Command(name).Raw(set).Mailbox(target), (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? line) =>
        {
            // MOVE tells it before the mails go (RFC 6851 §4.3); some servers tell it twice.
            if (header.Kind != UntaggedKind.Ok || line?.Code != "COPYUID") return false;
            copied ??= ReadCopyUid(line);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) return new ImapAnswer<ImapCopied>(status.ToRefusal());
        return new ImapAnswer<ImapCopied>(copied ?? ReadCopyUid(status) ?? new ImapCopied(null, UidSet.Empty, UidSet.Empty));
    }

    /// <summary><c>COPYUID 38505 304,319:320 3956:3958</c>; null when it is anything else: it is a help, and a broken one is none.</summary>
    private static ImapCopied? ReadCopyUid(ImapStatusLine status)
    {
        if (status.Code != "COPYUID" || status.CodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var validity, var source, var target]) return null;
        if (!uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var known) || known == 0) return null;
        return SetParser.TryParse(Encoding.Latin1.GetBytes(source)) is { } from && SetParser.TryParse(Encoding.Latin1.GetBytes(target)) is { } to && from.Count == to.Count
            ? new ImapCopied(known, from, to)
            : null;
    }
}
