using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// What the server says unasked, as values.
public sealed partial class ImapConnection
{
    private ImapEvent? ReadEvent(UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? status)
    {
        switch (header.Kind)
        {
            case UntaggedKind.Exists: return new ImapExists(header.Number);
            case UntaggedKind.Expunge: return new ImapExpunge(header.Number);
            case UntaggedKind.Vanished: return ReadVanished(ref tokens);
            case UntaggedKind.Fetch: return new ImapMessageChanged(_fetchParser.Parse(header.Number, ref tokens));
            case UntaggedKind.Flags: return new ImapFlagsChanged(_flags.ReadList(ref tokens));
            case UntaggedKind.Status: return ReadStatus(ref tokens) is { } counters ? new ImapStatusChanged(counters) : null;
            case UntaggedKind.List: return ReadMailbox(ref tokens) is { } mailbox ? new ImapMailboxChanged(mailbox) : null;
            default: return status is null ? null : new ImapNotice(status.Code, status.Text);
        }
    }

    /// <summary><c>VANISHED (EARLIER) 41,43:116</c> (RFC 7162 §3.2.10).</summary>
    private static ImapVanished ReadVanished(ref ImapTokenizer tokens)
    {
        var earlier = tokens.Peek == '(';
        if (earlier) tokens.SkipValue();
        tokens.SkipSpaces();
        // Some servers send an empty set.
        var uids = tokens.AtEnd ? UidSet.Empty : SetParser.TryParse(tokens.ReadAtom()) ?? throw tokens.Broken("UID set expected");
        return new ImapVanished(uids, earlier);
    }

    /// <summary><c>STATUS name (MESSAGES 231 …)</c> (RFC 9051 §7.3.4); null when the name cannot be used.</summary>
    private ImapStatus? ReadStatus(ref ImapTokenizer tokens)
    {
        var name = ReadMailboxName(ref tokens);
        var status = new ImapStatus(name ?? ImapMailboxName.Inbox);
        tokens.OpenList();
        while (tokens.NextInList())
        {
            var item = Encoding.Latin1.GetString(tokens.ReadAtom()).ToUpperInvariant();
            status = item switch
            {
                "MESSAGES" => status with { Messages = ToCount(tokens.ReadCount()) },
                "UNSEEN" => status with { Unseen = ToCount(tokens.ReadCount()) },
                "UIDNEXT" => status with { UidNext = FetchParser.ToUid(tokens.ReadExact()) },
                "UIDVALIDITY" => status with { UidValidity = FetchParser.ToUid(tokens.ReadExact()) },
                "HIGHESTMODSEQ" => status with { HighestModSeq = FetchParser.ToModSeq(tokens.ReadExact()) },
                "SIZE" => status with { Size = tokens.ReadCount() },
                "MAILBOXID" => status with { MailboxId = ReadObjectId(ref tokens) },
                _ => Skipped(status, ref tokens),
            };
        }
        return name is null ? null : status;
    }

    /// <summary><c>LIST (\Noselect) "/" name …</c> (RFC 9051 §7.3.1); null when the name cannot be used.</summary>
    private ImapMailbox? ReadMailbox(ref ImapTokenizer tokens)
    {
        var attributes = _flags.ReadList(ref tokens);
        char? delimiter = tokens.TryReadNString(out var quoted) && quoted.Length == 1 ? (char)quoted[0] : null;
        var name = ReadMailboxName(ref tokens);
        return name is null ? null : new ImapMailbox(name, delimiter, attributes);
    }

    private ImapMailboxName? ReadMailboxName(ref ImapTokenizer tokens)
    {
        var wire = tokens.ReadAString();
        return wire.IsEmpty || wire.Length > Limits.MailboxNameBytes || wire.Contains((byte)0)
            ? null
            : ImapMailboxName.FromWire(Encoding.Latin1.GetString(wire), Capabilities.Rev2Only);
    }

    private static string? ReadObjectId(ref ImapTokenizer tokens)
    {
        string? id = null;
        tokens.OpenList();
        while (tokens.NextInList()) id = ServerText.Clean(tokens.ReadAtom());
        return id;
    }

    private static ImapStatus Skipped(ImapStatus status, ref ImapTokenizer tokens)
    {
        tokens.SkipValue();
        return status;
    }

    private static uint? ToCount(long? number) => number is >= 0 and <= uint.MaxValue ? (uint)number : null;
}
