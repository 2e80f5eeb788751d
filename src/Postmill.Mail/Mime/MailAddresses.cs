using System.Buffers;
using MimeKit;

namespace Postmill.Mail.Mime;

/// <summary>
/// Reads address lists (RFC 5322 sections 3.4 and 4.4). The list is taken apart here, in one pass over its octets, so that one entry that cannot be read costs no
/// other and groups need no recursion; each entry is MimeKit's to read, and <see cref="LooseAddress"/>'s where MimeKit cannot.
/// </summary>
internal ref struct MailAddresses
{
    // A longer entry is nobody's address.
    private const int MaxEntry = 4 << 10;

    private static readonly SearchValues<byte> Specials = SearchValues.Create("\"(,:;<="u8);

    private readonly ReadOnlySpan<byte> _value;
    private readonly MimeLimits _limits;
    private readonly string? _fallbackCharset;
    private int _at;
    private int _terminator = -1;
    private bool _noMoreQuotes;
    private bool _noMoreComments;

    private MailAddresses(ReadOnlySpan<byte> value, string? fallbackCharset, MimeLimits limits)
    {
        _value = value;
        _limits = limits;
        _fallbackCharset = fallbackCharset;
    }

    /// <summary>Adds the mailboxes of one field value, up to the limit. Groups are flattened.</summary>
    public static void Read(ReadOnlySpan<byte> value, string? fallbackCharset, MimeLimits limits, List<MailAddress> to) =>
        new MailAddresses(value, fallbackCharset, limits).Read(to);

    private void Read(List<MailAddress> to)
    {
        var start = 0;
        while (to.Count < _limits.MaxAddresses)
        {
            var stop = _value[_at..].IndexOfAny(Specials);
            _at = stop < 0 ? _value.Length : _at + stop;
            if (_at == _value.Length || _value[_at] is (byte)',' or (byte)';')
            {
                Add(_value[start.._at], to);
                if (_at == _value.Length)
                    return;
                start = ++_at;
            }
            else if (_value[_at] == ':')
            {
                // The words so far were a group's name (or "mailto").
                start = ++_at;
            }
            else
            {
                Skip();
            }
        }
    }

    // Behind what may hold a comma that parts nothing.
    private void Skip()
    {
        var end = _value[_at] switch
        {
            (byte)'"' => _noMoreQuotes ? -1 : EndOfQuoted(_value, _at),
            (byte)'(' => _noMoreComments ? -1 : EndOfComment(),
            (byte)'<' => EndOfAngle(),
            _ => EncodedWords.End(_value, _at, ref _terminator),
        };
        _noMoreQuotes |= end < 0 && _value[_at] == '"';
        _noMoreComments |= end < 0 && _value[_at] == '(';
        _at = end < 0 ? _at + 1 : end;
    }

    /// <summary>Behind the quoted string that begins at <paramref name="at"/>; -1 where it is never closed.</summary>
    internal static int EndOfQuoted(ReadOnlySpan<byte> octets, int at)
    {
        for (at++; octets[Math.Min(at, octets.Length)..].IndexOfAny((byte)'"', (byte)'\\') is >= 0 and var found; at += 2)
        {
            at += found;
            if (octets[at] == '"')
                return at + 1;
        }
        return -1;
    }

    private readonly int EndOfComment()
    {
        var depth = 0;
        for (var at = _at; at < _value.Length; at++)
        {
            if (_value[at] == '\\')
                at++;
            else if (_value[at] == '(')
                depth++;
            else if (_value[at] == ')' && --depth == 0)
                return at + 1;
        }
        return -1;
    }

    // A comma ends an address whose bracket is never closed, but not a quoted local part or a source route.
    private readonly int EndOfAngle()
    {
        var at = _at + 1;
        if (at < _value.Length && _value[at] == '"' && !_noMoreQuotes && EndOfQuoted(_value, at) is > 0 and var close)
            at = close;
        var rest = _value[at..];
        var stop = rest.StartsWith("@"u8) ? rest.IndexOfAny((byte)'>', (byte)'<') : rest.IndexOfAny((byte)'>', (byte)'<', (byte)',');
        return stop < 0 ? _value.Length : at + stop;
    }

    private readonly void Add(ReadOnlySpan<byte> entry, List<MailAddress> to)
    {
        entry = entry.TrimStart(" \t\r\n>)"u8).TrimEnd(" \t\r\n"u8);
        if (entry.IsEmpty)
            return;
        using var unfolded = new ByteBuffer(entry.Length);
        HeaderText.Unfold(entry[..Math.Min(entry.Length, MaxEntry)], unfolded);
        var (name, address) = Read(unfolded.Written);
        name = StorableText.Cut(StorableText.Of(name.Trim()), _limits.MaxIdentifierChars);
        address = StorableText.Cut(StorableText.Of(address), _limits.MaxIdentifierChars);
        if (name.Length + address.Length > 0)
            to.Add(new MailAddress(name.Length == 0 ? null : name, address));
    }

    private readonly (string Name, string Address) Read(ReadOnlySpan<byte> entry)
    {
        if (!EncodedWords.TryReadable(entry, _fallbackCharset, out var readable) || !MailboxAddress.TryParse(MimeKitReading.Options, readable, out var mailbox))
            return LooseAddress.Read(entry, _fallbackCharset);
        // MimeKit shows A-labels as Unicode; an address is given out as it is written.
        var address = entry.IndexOf("xn--"u8) < 0 ? mailbox.Address : mailbox.GetAddress(idnEncode: true);
        if (address.StartsWith("=?", StringComparison.Ordinal))
            return LooseAddress.Read(entry, _fallbackCharset);
        // The name in a comment behind the address comes with the quotes that some senders put there.
        return (entry.Contains((byte)'<') ? mailbox.Name ?? "" : (mailbox.Name ?? "").Trim('"'), address);
    }
}
