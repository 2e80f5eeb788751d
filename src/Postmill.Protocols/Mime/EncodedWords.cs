using System.Text;

namespace Postmill.Protocols.Mime;

/// <summary>
/// RFC 2047 words, read wherever they stand. Neighbouring words of one charset are joined as octets before decoding, because senders cut words
/// inside a character. Linear: the next "?=" is remembered, never searched twice.
/// </summary>
internal ref struct EncodedWords(ReadOnlySpan<byte> text)
{
    private const int MaxCharset = 80;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _terminator = -1;

    /// <summary>Text of unfolded octets: words decoded, everything else UTF-8 or <paramref name="fallbackCharset"/> or windows-1252.</summary>
    public static string Decode(ReadOnlySpan<byte> octets, string? fallbackCharset)
    {
        if (octets.IndexOf("=?"u8) < 0)
            return OneLine(DecodeLiteral(octets, fallbackCharset));
        using var pending = new ByteBuffer(octets.Length);
        var words = new EncodedWords(octets);
        var result = new StringBuilder(octets.Length);
        string? charset = null;
        var literal = 0;
        var at = 0;
        while (words.TryNext(at, out var word))
        {
            var between = octets[literal..word.Start];
            if (charset is not null && !(IsBlank(between) && charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase)))
                charset = Flush(pending, charset, result);
            if (!IsBlank(between) || literal == 0)
                result.Append(DecodeLiteral(between, fallbackCharset));
            charset = word.Charset;
            DecodeWord(octets[word.TextStart..word.TextEnd], word.IsBase64, pending);
            at = literal = word.End;
        }
        if (charset is not null)
            Flush(pending, charset, result);
        return OneLine(StorableText.Of(result.Append(DecodeLiteral(octets[literal..], fallbackCharset)).ToString()));
    }

    /// <summary>The word that starts exactly at <paramref name="at"/>, if one does.</summary>
    public bool TryReadAt(int at, out Word word)
    {
        word = default;
        var rest = _text[at..];
        if (!rest.StartsWith("=?"u8))
            return false;
        var window = rest[2..Math.Min(rest.Length, MaxCharset + 2)];
        var charset = window.IndexOf((byte)'?');
        if (charset < 0 || window[..charset].IndexOfAny((byte)' ', (byte)'\t', (byte)'=') >= 0)
            return false;
        var start = at + charset + 5;
        if (start > _text.Length || _text[start - 1] != '?' || _text[start - 2] is not ((byte)'b' or (byte)'B' or (byte)'q' or (byte)'Q'))
            return false;
        var end = Terminator(start);
        if (end < 0)
            return false;
        // A blank inside is a sender's mistake that is read; a blank and then another start of a word means this one was never ended.
        var inside = _text[start..end];
        if (inside.IndexOf((byte)' ') >= 0 && inside.IndexOf("=?"u8) >= 0)
            return false;
        var label = window[..charset];
        var language = label.IndexOf((byte)'*');
        word = new Word(at, start, end, Encoding.Latin1.GetString(language < 0 ? label : label[..language]), _text[start - 2] is (byte)'b' or (byte)'B');
        return true;
    }

    // A line end smuggled in by an encoded word must not begin a field wherever the value is written again.
    private static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.Replace('\r', ' ').Replace('\n', ' ');

    private static string? Flush(ByteBuffer pending, string charset, StringBuilder result)
    {
        result.Append(Charsets.Decode(pending.Written, charset));
        pending.Clear();
        return null;
    }

    private static string DecodeLiteral(ReadOnlySpan<byte> octets, string? fallbackCharset) =>
        fallbackCharset is null || System.Text.Unicode.Utf8.IsValid(octets) ? Charsets.DecodeUndeclared(octets) : Charsets.Decode(octets, fallbackCharset);

    private static bool IsBlank(ReadOnlySpan<byte> octets) => octets.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private static void DecodeWord(ReadOnlySpan<byte> text, bool base64, ByteBuffer to)
    {
        if (base64)
        {
            MimeContent.Decode(text, "base64", to);
            return;
        }
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=' && i + 2 < text.Length && Hex.TryOctet(text[i + 1], text[i + 2], out var octet))
                i += 2;
            else
                octet = text[i] == '_' ? (byte)' ' : text[i];
            to.Append(octet);
        }
    }

    private bool TryNext(int at, out Word word)
    {
        while (at < _text.Length)
        {
            var found = _text[at..].IndexOf("=?"u8);
            if (found < 0)
                break;
            at += found;
            if (TryReadAt(at, out word))
                return true;
            at += 2;
        }
        word = default;
        return false;
    }

    private int Terminator(int from)
    {
        if (_terminator < from)
        {
            var found = _text[from..].IndexOf("?="u8);
            _terminator = found < 0 ? int.MaxValue : from + found;
        }
        return _terminator == int.MaxValue ? -1 : _terminator;
    }

    /// <summary>One word: where it stands and what it says of itself.</summary>
    internal readonly record struct Word(int Start, int TextStart, int TextEnd, string Charset, bool IsBase64)
    {
        public int End => TextEnd + 2;
    }
}
