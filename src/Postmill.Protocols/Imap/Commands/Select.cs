using System.Globalization;
using Postmill.Protocols.Imap.Wire;

namespace Postmill.Protocols.Imap;

// SELECT and EXAMINE, RFC 9051 §6.3.2-3; CONDSTORE and QRESYNC parameters, RFC 7162 §3.1.8 and §3.2.5.
public sealed partial class ImapConnection
{
    /// <summary>Opens a mailbox. When the server refuses, none is open.</summary>
    public async Task<ImapAnswer<ImapSelected>> SelectAsync(ImapMailboxName mailbox, ImapSelectOptions options, CancellationToken cancellationToken)
    {
        var command = Command(options.ReadOnly ? "EXAMINE" : "SELECT").Mailbox(mailbox);
        if (options.QResync is { } known && QResyncEnabled) command.Raw(QResyncParameter(known));
        else if (options.CondStore && Capabilities.CondStore) command.Raw("(CONDSTORE)");

        var answer = new SelectAnswer(Limits, _flags, _fetchParser);
        Selected = null;
        var status = await RunSetAsync(
            command,
            (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? line) => answer.Take(header, ref tokens, line, header.Kind == UntaggedKind.Vanished ? ReadVanished(ref tokens) : null),
            cancellationToken).ConfigureAwait(false);
        if (!status.IsOk) return new ImapAnswer<ImapSelected>(status.ToRefusal());
        Selected = mailbox;
        return new ImapAnswer<ImapSelected>(answer.Finish(status.Code == "READ-ONLY" || options.ReadOnly));
    }

    private string QResyncParameter(QResyncParameters known)
    {
        var uids = known.KnownUids is { IsEmpty: false } set ? " " + set : "";
        if (uids.Length > Limits.CommandSetBytes) uids = "";
        return string.Create(CultureInfo.InvariantCulture, $"(QRESYNC ({known.UidValidity} {Math.Max(1, known.ModSeq)}{uids}))");
    }
}
