using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>The data of a FETCH response (RFC 9051 §7.5.2): items in any order, unknown ones skipped.</summary>
internal sealed class FetchParser(ImapLimits limits, FlagTable flags)
{
    // Gmail has at most 10,000 labels; what one message carries is far less.
    private const int MaxLabels = 1000;

    public ImapFetched Parse(uint sequenceNumber, ref ImapTokenizer tokens)
    {
        var message = new ImapFetched { SequenceNumber = sequenceNumber };
        tokens.OpenList();
        while (tokens.NextInList())
        {
            var name = tokens.ReadItemName();
            if (Is(name, "UID"u8)) message.Uid = ToUid(tokens.ReadExact()) ?? message.Uid;
            else if (Is(name, "FLAGS"u8)) message.Flags = flags.ReadList(ref tokens);
            else if (Is(name, "BODY[]"u8)) ReadBody(message, ref tokens);
            else if (Is(name, "INTERNALDATE"u8)) message.InternalDate = tokens.TryReadNString(out var date) ? InternalDate.Parse(date) : null;
            else if (Is(name, "RFC822.SIZE"u8)) message.Size = tokens.ReadCount();
            else if (Is(name, "MODSEQ"u8)) message.ModSeq = ReadModSeq(ref tokens);
            else ReadRare(message, name, ref tokens);
        }
        return message;
    }

    /// <summary>A mod-sequence: at most 2^63 - 1 (RFC 7162 §7); anything else is as if there were none.</summary>
    public static long? ToModSeq(ulong? number) => number is > 0 and <= long.MaxValue ? (long)number : null;

    public static uint? ToUid(ulong? number) => number is > 0 and <= uint.MaxValue ? (uint)number : null;

    private void ReadRare(ImapFetched message, ReadOnlySpan<byte> name, ref ImapTokenizer tokens)
    {
        if (Is(name, "BODY[HEADER]"u8)) message.Header = ReadBytes(ref tokens);
        else if (Is(name, "X-GM-MSGID"u8)) message.GmailMessageId = tokens.ReadExact();
        else if (Is(name, "X-GM-THRID"u8)) message.GmailThreadId = tokens.ReadExact();
        else if (Is(name, "X-GM-LABELS"u8)) message.GmailLabels = ReadLabels(ref tokens);
        else if (Is(name, "EMAILID"u8)) message.EmailId = ReadObjectId(ref tokens);
        else tokens.SkipValue();
    }

    private static void ReadBody(ImapFetched message, ref ImapTokenizer tokens)
    {
        if (tokens.TryReadNil()) return;
        var bytes = tokens.ReadBody(out var literal);
        message.BodySize = literal?.Size ?? bytes.Length;
        message.BodyStream = literal?.Stream;
        message.Body = literal is null ? bytes.ToArray() : literal.Bytes;
    }

    private static byte[]? ReadBytes(ref ImapTokenizer tokens)
    {
        if (tokens.TryReadNil()) return null;
        var bytes = tokens.ReadBody(out var literal);
        return literal is null ? bytes.ToArray() : literal.Bytes;
    }

    private static long? ReadModSeq(ref ImapTokenizer tokens)
    {
        tokens.OpenList();
        long? modSeq = null;
        while (tokens.NextInList()) modSeq = ToModSeq(tokens.ReadExact());
        return modSeq;
    }

    private static string? ReadObjectId(ref ImapTokenizer tokens)
    {
        if (tokens.TryReadNil()) return null;
        tokens.OpenList();
        string? id = null;
        while (tokens.NextInList()) id = ServerText.Clean(tokens.ReadAtom());
        return id;
    }

    private List<string> ReadLabels(ref ImapTokenizer tokens)
    {
        tokens.OpenList();
        var labels = new List<string>();
        while (tokens.NextInList())
        {
            var label = tokens.ReadAString();
            if (labels.Count < MaxLabels && label.Length <= limits.MailboxNameBytes) labels.Add(ImapMailboxName.FromWire(Encoding.Latin1.GetString(label)).Text);
        }
        return labels;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> item) => Ascii.EqualsIgnoreCase(name, item);
}
