using System.Buffers;
using System.Text;

namespace Postmill.Protocols.Mime;

/// <summary>
/// Reads address lists (RFC 5322 sections 3.4 and 4.4) as octets, one pass: structure first, text decoding after, so that a comma or a quote inside
/// an encoded word cannot split a mailbox. Semicolons between addresses, missing quotes and brackets, routes and bare names are read.
/// </summary>
internal ref struct MailAddresses
{
    private const int MaxNameBytes = 2_000;

    // A longer run without a blank is cut; nobody's address, and its end must not be searched again and again.
    private const int MaxAtom = 4 << 10;

    private static readonly SearchValues<byte> Specials = SearchValues.Create(" \t\r\n\"(),:;<>"u8);

    private readonly ReadOnlySpan<byte> _value;
    private readonly MimeLimits _limits;
    private readonly string? _fallbackCharset;
    private readonly List<Range> _words = [];
    private EncodedWords _encoded;
    private int _at;
    private bool _hasAngle;
    private Range _angle;
    private Range _comment;
    private bool _hasComment;
    private bool _noMoreQuotes;
    private bool _noMoreComments;

    private MailAddresses(ReadOnlySpan<byte> value, string? fallbackCharset, MimeLimits limits)
    {
        _value = value;
        _limits = limits;
        _fallbackCharset = fallbackCharset;
        _encoded = new EncodedWords(value);
    }

    /// <summary>Adds the mailboxes of one field value, up to the limit.</summary>
    public static void Read(ReadOnlySpan<byte> value, string? fallbackCharset, MimeLimits limits, List<MailAddress> to)
    {
        var reader = new MailAddresses(value, fallbackCharset, limits);
        reader.Read(to);
    }

    private void Read(List<MailAddress> to)
    {
        while (_at < _value.Length && to.Count < _limits.MaxAddresses)
        {
            switch (_value[_at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'>' or (byte)')':
                    _at++;
                    break;
                case (byte)',' or (byte)';':
                    Emit(to);
                    _at++;
                    break;
                case (byte)':':
                    // The words so far were a group's name (or "mailto").
                    _words.Clear();
                    _at++;
                    break;
                case (byte)'"':
                    ReadQuoted();
                    break;
                case (byte)'(':
                    ReadComment();
                    break;
                case (byte)'<':
                    ReadAngle();
                    break;
                default:
                    ReadAtom();
                    break;
            }
        }
        if (to.Count < _limits.MaxAddresses)
            Emit(to);
    }

    private void ReadAtom()
    {
        var start = _at;
        if (_encoded.TryReadAt(_at, out var word))
        {
            _at = word.End;
        }
        else
        {
            _at = EndOfAtom(_at);
            // An encoded word glued to an atom keeps its own commas.
            for (var glued = start + 1; glued < _at; glued++)
            {
                var found = _value[glued.._at].IndexOf("=?"u8);
                if (found < 0)
                    break;
                glued += found;
                if (_encoded.TryReadAt(glued, out _))
                    _at = glued;
            }
        }
        _words.Add(start.._at);
    }

    private void ReadQuoted()
    {
        var start = _at;
        var close = _noMoreQuotes ? -1 : CloseOfQuoted(_at + 1);
        if (close < 0)
        {
            _noMoreQuotes = true;
            _at++;
            return;
        }
        _at = close + 1;
        // A quoted local part goes on with "@domain".
        if (_at < _value.Length && _value[_at] == '@')
            _at = EndOfAtom(_at);
        _words.Add(start.._at);
    }

    private readonly int EndOfAtom(int from)
    {
        var window = _value.Slice(from, Math.Min(_value.Length - from, MaxAtom));
        var stop = window.IndexOfAny(Specials);
        return from + (stop < 0 ? window.Length : stop);
    }

    private readonly int CloseOfQuoted(int from)
    {
        while (from < _value.Length)
        {
            var found = _value[from..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return -1;
            from += found;
            if (_value[from] == '"')
                return from;
            from += 2;
        }
        return -1;
    }

    private void ReadComment()
    {
        var start = ++_at;
        var end = _noMoreComments ? -1 : CloseOfComment(start);
        if (end < 0)
        {
            _noMoreComments = true;
            return;
        }
        _at = end + 1;
        if (!_hasComment)
            (_comment, _hasComment) = (start..end, true);
    }

    private readonly int CloseOfComment(int from)
    {
        var depth = 1;
        for (; from < _value.Length; from++)
        {
            if (_value[from] == '\\')
                from++;
            else if (_value[from] == '(')
                depth++;
            else if (_value[from] == ')' && --depth == 0)
                return from;
        }
        return -1;
    }

    private void ReadAngle()
    {
        var start = ++_at;
        // A comma ends an address whose bracket is never closed, but not a quoted local part or a source route.
        if (_at < _value.Length && _value[_at] == '"' && !_noMoreQuotes && CloseOfQuoted(_at + 1) is > 0 and var close)
            _at = close;
        var rest = _value[_at..];
        var stop = rest.StartsWith("@"u8) ? rest.IndexOfAny((byte)'>', (byte)'<') : rest.IndexOfAny((byte)'>', (byte)'<', (byte)',');
        _at = stop < 0 ? _value.Length : _at + stop;
        if (!_hasAngle)
            (_angle, _hasAngle) = (start.._at, true);
    }

    private void Emit(List<MailAddress> to)
    {
        var nameWords = _words.Count;
        string address;
        if (_hasAngle)
            address = AddressText(_value[_angle]);
        else
            address = TakeAddressWord(ref nameWords);
        var name = nameWords > 0 ? Name(nameWords) : null;
        if (string.IsNullOrEmpty(name) && _hasComment)
            name = Comment();
        if (address.Length > 0 || !string.IsNullOrEmpty(name))
            to.Add(new MailAddress(string.IsNullOrEmpty(name) ? null : name, address));
        _words.Clear();
        _hasAngle = _hasComment = false;
    }

    // Without brackets: the one word with an @ is the address and the others a name; "a @ b" is joined; a lone word is a local mailbox.
    private readonly string TakeAddressWord(ref int nameWords)
    {
        var found = -1;
        for (var i = 0; i < _words.Count; i++)
        {
            if (_value[_words[i]].Contains((byte)'@'))
                found = i;
        }
        if (found < 0)
        {
            if (_words.Count != 1 || _value[_words[0]].StartsWith("=?"u8) || _value[_words[0]].StartsWith("\""u8))
                return "";
            nameWords = 0;
            return AddressText(_value[_words[0]]);
        }
        var word = _value[_words[found]];
        if (word[0] == '@' || word[^1] == '@')
        {
            nameWords = 0;
            return AddressText(_value[_words[0].Start.._words[^1].End]);
        }
        _words.RemoveAt(found);
        nameWords = _words.Count;
        return AddressText(word);
    }

    // The addr-spec without blanks, comments and the obsolete source route.
    private readonly string AddressText(ReadOnlySpan<byte> spec)
    {
        spec = spec.Trim(" \t\r\n"u8);
        spec = spec[..Math.Min(spec.Length, _limits.MaxIdentifierChars * 4)];
        if (spec.StartsWith("@"u8) && spec.IndexOf((byte)':') is > 0 and var route)
            spec = spec[(route + 1)..];
        if (spec.StartsWith("=?"u8))
            return StorableText.Cut(EncodedWords.Decode(spec, _fallbackCharset).Trim(), _limits.MaxIdentifierChars);
        using var kept = new ByteBuffer(spec.Length + 1);
        var quoted = false;
        var lastClose = spec.LastIndexOf((byte)')');
        for (var i = 0; i < spec.Length; i++)
        {
            quoted ^= spec[i] == '"';
            if (!quoted && spec[i] == '(' && i < lastClose)
                i += spec[i..].IndexOf((byte)')');
            else if (spec[i] is not ((byte)'\r' or (byte)'\n') && (quoted || spec[i] is not ((byte)' ' or (byte)'\t')))
                kept.Append(spec[i]);
        }
        return StorableText.Cut(Charsets.DecodeUndeclared(kept.Written), _limits.MaxIdentifierChars);
    }

    private readonly string Name(int words)
    {
        using var name = new ByteBuffer();
        for (var i = 0; i < words && name.Length < MaxNameBytes; i++)
        {
            if (i > 0 && _words[i].Start.Value > _words[i - 1].End.Value)
                name.Append((byte)' ');
            var word = _value[_words[i]];
            if (word.StartsWith("=?"u8))
                name.Append(word[..Math.Min(word.Length, MaxNameBytes)]);
            else
                Unquote(word, name);
        }
        return Text(name.Written);
    }

    private readonly string Comment()
    {
        using var text = new ByteBuffer();
        Unquote(_value[_comment], text);
        return Text(text.Written);
    }

    private readonly string Text(ReadOnlySpan<byte> octets)
    {
        using var unfolded = new ByteBuffer(octets.Length + 1);
        HeaderText.Unfold(octets[..Math.Min(octets.Length, MaxNameBytes)], unfolded);
        return StorableText.Cut(EncodedWords.Decode(unfolded.Written, _fallbackCharset).Trim(), _limits.MaxIdentifierChars);
    }

    private static void Unquote(ReadOnlySpan<byte> word, ByteBuffer to)
    {
        for (var i = 0; i < word.Length && to.Length < MaxNameBytes; i++)
        {
            if (word[i] == '\\' && i + 1 < word.Length)
                to.Append(word[++i]);
            else if (word[i] != '"')
                to.Append(word[i]);
        }
    }
}
