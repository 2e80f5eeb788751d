using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>Gathers what a server says about the mailbox it opens.</summary>
internal sealed class SelectAnswer(ImapLimits limits, FlagTable flags, FetchParser fetchParser)
{
    private ImapSelected _selected = new();
    private UidSetBuilder _vanished = new();
    private List<ImapFetched> _changed = [];

    public bool Take(UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? status, ImapVanished? vanished)
    {
        switch (header.Kind)
        {
            case UntaggedKind.Exists:
                _selected = _selected with { Exists = header.Number };
                return true;
            case UntaggedKind.Flags:
                _selected = _selected with { Flags = flags.ReadList(ref tokens) };
                return true;
            case UntaggedKind.Vanished when vanished is not null:
                _vanished.Add(vanished.Uids);
                return true;
            case UntaggedKind.Fetch:
                TakeChange(fetchParser.Parse(header.Number, ref tokens));
                return true;
            // IMAP4rev2 names the mailbox itself.
            case UntaggedKind.Recent or UntaggedKind.List:
                return true;
            default:
                return status is not null && TakeCode(status);
        }
    }

    public ImapSelected Finish(bool readOnly) => _selected with { ReadOnly = readOnly, Vanished = _vanished.Build(), Changed = _changed };

    private void TakeChange(ImapFetched message)
    {
        if (_changed.Count < limits.SelectChanges) _changed.Add(message);
        else _selected = _selected with { ChangesOverflowed = true };
    }

    private bool TakeCode(ImapStatusLine status)
    {
        switch (status.Code)
        {
            // RFC 7162 §3.2.11: everything before it was about the mailbox that was open until now.
            case "CLOSED":
                (_selected, _vanished, _changed) = (new ImapSelected(), new UidSetBuilder(), []);
                return true;
            case "UIDVALIDITY":
                _selected = _selected with { UidValidity = FetchParser.ToUid(Exact(status)) };
                return true;
            case "UIDNEXT":
                _selected = _selected with { UidNext = FetchParser.ToUid(Exact(status)) };
                return true;
            case "HIGHESTMODSEQ":
                _selected = _selected with { HighestModSeq = FetchParser.ToModSeq(Exact(status)) };
                return true;
            case "NOMODSEQ":
                _selected = _selected with { NoModSeq = true };
                return true;
            case "UIDNOTSTICKY":
                _selected = _selected with { UidNotSticky = true };
                return true;
            case "PERMANENTFLAGS":
                _selected = _selected with { PermanentFlags = PermanentFlags(status) };
                return true;
            case "MAILBOXID":
                _selected = _selected with { MailboxId = ServerText.Clean(status.CodeArguments.Trim(' ', '(', ')')) };
                return true;
            default:
                return status.Code is "UNSEEN" or "READ-ONLY" or "READ-WRITE";
        }
    }

    private static ulong? Exact(ImapStatusLine status)
        => ImapNumber.TryExact(Encoding.Latin1.GetBytes(status.CodeArguments.Trim()), out var number) ? number : null;

    private IReadOnlyList<string> PermanentFlags(ImapStatusLine status)
    {
        var arguments = new ImapResponse();
        arguments.Bytes.Append(Encoding.Latin1.GetBytes(status.CodeArguments));
        var tokens = new ImapTokenizer(arguments, 0, limits.NestingDepth);
        return flags.ReadList(ref tokens);
    }
}
