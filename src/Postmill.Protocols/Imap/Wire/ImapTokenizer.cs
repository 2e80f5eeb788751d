using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>
/// Reads the tokens of one response (RFC 9051 §9): atoms, numbers, quoted strings, literals, NIL, parenthesized lists. Never copies but for
/// quoted strings with escapes. What is not the grammar throws <see cref="MailFault.ProtocolError"/>.
/// </summary>
internal ref struct ImapTokenizer(ImapResponse response, int start, int maxDepth)
{
    private readonly ReadOnlySpan<byte> _bytes = response.Bytes.Written;
    private int _position = start;

    public readonly bool AtEnd => _position >= _bytes.Length;

    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    public readonly byte Peek => AtEnd ? (byte)0 : _bytes[_position];

    public void SkipSpaces()
    {
        while (!AtEnd && _bytes[_position] == ' ') _position++;
    }

    public bool TrySkip(byte expected)
    {
        if (AtEnd || _bytes[_position] != expected) return false;
        _position++;
        return true;
    }

    public void Expect(byte expected)
    {
        if (!TrySkip(expected)) throw Broken($"'{(char)expected}' expected");
    }

    /// <summary>Begins a list; afterwards call <see cref="NextInList"/> before each element.</summary>
    public void OpenList()
    {
        SkipSpaces();
        Expect((byte)'(');
    }

    /// <summary>Whether another element follows; consumes the closing parenthesis when none does.</summary>
    public bool NextInList()
    {
        SkipSpaces();
        if (AtEnd) throw Broken("list not closed");
        return !TrySkip((byte)')');
    }

    /// <summary>Everything up to a blank or a parenthesis: atoms, flags, numbers, sets. Never empty.</summary>
    public ReadOnlySpan<byte> ReadAtom()
    {
        SkipSpaces();
        var rest = Rest;
        var length = rest.IndexOfAny(" ()\r"u8);
        if (length < 0) length = rest.Length;
        if (length == 0) throw Broken("atom expected");
        _position += length;
        return rest[..length];
    }

    /// <summary>The name of a FETCH item, with its section: <c>BODY[HEADER.FIELDS (TO)]&lt;0&gt;</c>.</summary>
    public ReadOnlySpan<byte> ReadItemName()
    {
        SkipSpaces();
        var begin = _position;
        var inSection = false;
        for (; !AtEnd; _position++)
        {
            var c = _bytes[_position];
            if (c == '[') inSection = true;
            else if (c == ']') inSection = false;
            else if (c is (byte)'\r' or (byte)'{' || (!inSection && c is (byte)' ' or (byte)'(' or (byte)')')) break;
        }
        if (_position == begin) throw Broken("item name expected");
        return _bytes[begin.._position];
    }

    /// <summary>Consumes NIL when it is next.</summary>
    public bool TryReadNil()
    {
        SkipSpaces();
        var rest = Rest;
        if (rest.Length < 3 || !Ascii.EqualsIgnoreCase(rest[..3], "NIL"u8)) return false;
        if (rest.Length > 3 && rest[3] is not ((byte)' ' or (byte)')' or (byte)'(' or (byte)'\r')) return false;
        _position += 3;
        return true;
    }

    /// <summary>A string or an atom in its place (<c>astring</c>).</summary>
    public ReadOnlySpan<byte> ReadAString()
    {
        SkipSpaces();
        return Peek switch
        {
            (byte)'"' => ReadQuoted(),
            (byte)'{' or (byte)'~' when IsLiteral() => ReadLiteral(out _),
            _ => ReadAtom(),
        };
    }

    /// <summary>A string, or NIL which gives false (<c>nstring</c>).</summary>
    public bool TryReadNString(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (TryReadNil()) return false;
        value = ReadAString();
        return true;
    }

    /// <summary>A string, with the detached literal it came in, if it did; then the span is empty when the bytes are not in memory.</summary>
    public ReadOnlySpan<byte> ReadBody(out DetachedLiteral? literal)
    {
        literal = null;
        SkipSpaces();
        return IsLiteral() ? ReadLiteral(out literal) : ReadAString();
    }

    /// <summary>An exact number (<see cref="ImapNumber.TryExact"/>), or null when it is something else.</summary>
    public ulong? ReadExact() => ImapNumber.TryExact(ReadAtom(), out var number) ? number : null;

    /// <summary>A count or size (<see cref="ImapNumber.TryTolerant"/>), or null when it is something else.</summary>
    public long? ReadCount() => ImapNumber.TryTolerant(ReadAtom(), out var number) ? number : null;

    /// <summary>Skips one value of any kind, lists with all they hold.</summary>
    public void SkipValue()
    {
        var depth = 0;
        do
        {
            SkipSpaces();
            if (AtEnd) throw Broken("value expected");
            if (TrySkip((byte)'('))
            {
                if (++depth > maxDepth) throw new MailServerException(MailFault.LimitExceeded, $"The server nests more than {maxDepth} lists.");
            }
            else if (depth > 0 && TrySkip((byte)')'))
            {
                depth--;
            }
            else
            {
                ReadAString();
            }
        }
        while (depth > 0);
    }

    public readonly MailServerException Broken(string what)
        => new(MailFault.ProtocolError, $"The server's response is not IMAP: {what}.", ServerText.Clean(_bytes[..Math.Min(_bytes.Length, 200)]));

    private readonly bool IsLiteral()
    {
        var rest = Rest;
        if (rest is [(byte)'~', ..]) rest = rest[1..];
        return rest is [(byte)'{', ..];
    }

    private ReadOnlySpan<byte> ReadQuoted()
    {
        var rest = _bytes[(_position + 1)..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && rest[end] == '"')
        {
            _position += end + 2;
            return rest[..end];
        }
        var unescaped = new List<byte>();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                _position += i + 2;
                return unescaped.ToArray();
            }
            // RFC 9051 only escapes '"' and '\'; servers that forget to escape a backslash are taken by the letter.
            if (rest[i] == '\\' && i + 1 < rest.Length && rest[i + 1] is (byte)'"' or (byte)'\\') i++;
            unescaped.Add(rest[i]);
        }
        throw Broken("quoted string not closed");
    }

    private ReadOnlySpan<byte> ReadLiteral(out DetachedLiteral? detached)
    {
        TrySkip((byte)'~');
        Expect((byte)'{');
        var rest = Rest;
        var close = rest.IndexOf("}\r\n"u8);
        if (close < 0) throw Broken("literal not framed");
        var digits = rest[..close];
        if (digits is [.., (byte)'+']) digits = digits[..^1];
        if (digits.IsEmpty || !ImapNumber.TryExact(digits, out var size)) throw Broken("literal without a size");
        _position += close + 3;
        detached = response.DetachedAt(_position);
        if (detached is not null) return detached.Bytes;
        if (size > (ulong)(_bytes.Length - _position)) throw Broken("literal not framed");
        var value = _bytes.Slice(_position, (int)size);
        _position += (int)size;
        return value;
    }
}
