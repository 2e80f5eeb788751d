using System.Buffers;
using System.Text;

namespace Postmill.Mail.Net;

/// <summary>
/// A line of LIST, LSUB or XLIST as MailKit reads it (RFC 9051 §7.3.1, RFC 5258): one that it would not take ends its connection, and with it the list of all folders.
/// <code>
///   "* LIST" "(" attributes ")" delimiter name [ "(" { item "(" values ")" } ")" ] CRLF
/// </code>
/// A literal has no line end, so that one whose count is wrong is found by its line.
/// </summary>
internal ref struct ImapMailboxLine
{
    /// <summary>Octets of the longest line that is taken: a name of 4,096, each escaped, and what stands around it.</summary>
    public const int MostBytes = 16 * 1024;

    private const int MostLiteral = 4096;

    // MailKit's tags are a letter and eight digits.
    private const int TagLength = 9;

    private static readonly SearchValues<byte> AtomEnds = SearchValues.Create("(){%*\\\" "u8);
    private static readonly SearchValues<byte> Brackets = SearchValues.Create("[]"u8);
    private static readonly SearchValues<byte> AfterString = SearchValues.Create("]) \r\n"u8);

    private readonly ReadOnlySpan<byte> _octets;
    private int _at;
    private bool _isShort;

    private ImapMailboxLine(ReadOnlySpan<byte> octets) => _octets = octets;

    private enum Token
    {
        None,
        Open,
        Close,
        Atom,
        Flag,
        Nil,
        String,
        End,
    }

    /// <summary>Whether these octets begin such a line; null: there are too few of them to tell.</summary>
    public static bool? Begins(ReadOnlySpan<byte> octets)
    {
        foreach (var word in (ReadOnlySpan<string>)["* LIST ", "* LSUB ", "* XLIST "])
        {
            var length = Math.Min(word.Length, octets.Length);
            if (Ascii.EqualsIgnoreCase(octets[..length], word.AsSpan(0, length))) return length == word.Length ? true : null;
        }
        return false;
    }

    /// <summary>How many octets the line has; 0 while its end has not come.</summary>
    /// <param name="octets">From the beginning of the line.</param>
    /// <param name="isGood">Whether MailKit can read it.</param>
    public static int Measure(ReadOnlySpan<byte> octets, out bool isGood)
    {
        var line = new ImapMailboxLine(octets) { _at = octets[2..].IndexOf((byte)' ') + 3 };
        isGood = line.Read();
        if (isGood) return line._at;
        return line._isShort ? 0 : line.EndOfBad();
    }

    /// <summary>The name in a line that cannot be read, one character per octet, as far as it can be told; empty when it cannot.</summary>
    public static string NameIn(ReadOnlySpan<byte> bad)
    {
        var text = Encoding.Latin1.GetString(bad).TrimEnd('\r', '\n');
        var literal = text.IndexOf('\n', StringComparison.Ordinal);
        if (literal >= 0) return text[(literal + 1)..].TrimEnd('\r');
        // The name is the last word or string; a string that does not end runs to the end of the line.
        var open = text.EndsWith('"') ? text.LastIndexOf('"', text.Length - 2) : text.Count(c => c == '"') % 2 == 1 ? text.LastIndexOf('"') : text.LastIndexOf(' ');
        var name = text[(open + 1)..].TrimEnd('"');
        var isName = name.Length > 1 && !name.AsSpan().ContainsAny("(){}\\") && !name.Equals("NIL", StringComparison.OrdinalIgnoreCase);
        return isName ? name : "";
    }

    private bool Read()
    {
        if (Next() != Token.Open) return false;
        Token token;
        do token = Next();
        while (token is Token.Atom or Token.Flag);
        if (token != Token.Close) return false;
        if (Next() is not (Token.String or Token.Nil)) return false;
        if (Next(inName: true) is not (Token.String or Token.Atom or Token.Nil)) return false;
        token = Next();
        if (token == Token.Open && !ReadItems(out token)) return false;
        return token == Token.End;
    }

    private bool ReadItems(out Token after)
    {
        after = Token.None;
        while (true)
        {
            var item = Next();
            if (item == Token.Close) break;
            if (item is not (Token.Atom or Token.String) || Next() != Token.Open) return false;
            Token value;
            do value = Next();
            while (value is Token.Atom or Token.String or Token.Nil);
            if (value != Token.Close) return false;
        }
        after = Next();
        return true;
    }

    private Token Next(bool inName = false)
    {
        while (_at < _octets.Length && _octets[_at] == ' ') _at++;
        if (_at == _octets.Length) return Short();
        switch (_octets[_at])
        {
            case (byte)'(':
                _at++;
                return Token.Open;
            case (byte)')':
                _at++;
                return Token.Close;
            case (byte)'"':
                return Quoted();
            case (byte)'{':
                return Literal();
            case (byte)'\\' when !inName:
                var flag = AtomLength(_at + 1, inName);
                if (flag <= 0) return flag < 0 ? Short() : Token.None;
                _at += 1 + flag;
                return Token.Flag;
            case (byte)'\r':
                if (_at + 1 == _octets.Length) return Short();
                if (_octets[_at + 1] != '\n') return Token.None;
                _at += 2;
                return Token.End;
            case (byte)'\n':
                _at++;
                return Token.End;
            default:
                var length = AtomLength(_at, inName);
                if (length <= 0) return length < 0 ? Short() : Token.None;
                var isNil = Ascii.EqualsIgnoreCase(_octets.Slice(_at, length), "NIL"u8);
                _at += length;
                return isNil ? Token.Nil : Token.Atom;
        }
    }

    // -1: it has not ended yet.
    private readonly int AtomLength(int from, bool inName)
    {
        for (var i = from; i < _octets.Length; i++)
        {
            var octet = _octets[i];
            if (octet <= ' ' || octet == 0x7F || AtomEnds.Contains(octet) || !inName && Brackets.Contains(octet)) return i - from;
        }
        return -1;
    }

    private Token Quoted()
    {
        for (var i = _at + 1; i < _octets.Length; i++)
        {
            if (_octets[i] == '\n') return Token.None;
            if (_octets[i] == '\\') i++;
            else if (_octets[i] == '"')
            {
                if (i + 1 == _octets.Length) return Short();
                if (!AfterString.Contains(_octets[i + 1])) continue;
                _at = i + 1;
                return Token.String;
            }
        }
        return Short();
    }

    private Token Literal()
    {
        var lineEnd = _octets[_at..].IndexOf((byte)'\n');
        if (lineEnd < 0) return Short();
        var head = _octets.Slice(_at, lineEnd + 1);
        var count = head[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count is 0 or > 4 || !(head[(1 + count)..].SequenceEqual("}\r\n"u8) || head[(1 + count)..].SequenceEqual("+}\r\n"u8))) return Token.None;
        var length = 0;
        foreach (var digit in head.Slice(1, count)) length = length * 10 + (digit - '0');
        var content = _octets[(_at + head.Length)..];
        // A literal that never comes: the answer's end is no name.
        if (length > MostLiteral || IsTagged(content) || content[..Math.Min(length, content.Length)].Contains((byte)'\n')) return Token.None;
        if (content.Length <= length) return Short();
        if (!AfterString.Contains(content[length])) return Token.None;
        _at += head.Length + length;
        return Token.String;
    }

    private Token Short()
    {
        _isShort = true;
        return Token.None;
    }

    /// <summary>Behind a brace the name stands on a line of its own, unless that is the server's next line.</summary>
    private readonly int EndOfBad()
    {
        var end = End(0);
        while (end > 0 && _octets[..end].TrimEnd("\r\n"u8).EndsWith((byte)'}'))
        {
            var next = _octets[end..];
            if (next.IsEmpty) return 0;
            if (next[0] is (byte)'*' or (byte)'+') break;
            if (next.Length <= TagLength && !next.Contains((byte)'\n')) return 0;
            if (IsTagged(next)) break;
            end = End(end);
        }
        return end;
    }

    private static bool IsTagged(ReadOnlySpan<byte> line) =>
        line.Length > TagLength && line[0] is >= (byte)'A' and <= (byte)'Z' && !line[1..TagLength].ContainsAnyExceptInRange((byte)'0', (byte)'9') && line[TagLength] == ' ';

    private readonly int End(int from) => _octets[from..].IndexOf((byte)'\n') is >= 0 and var end ? from + end + 1 : 0;
}
