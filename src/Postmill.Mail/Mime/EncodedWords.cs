using System.Buffers;
using System.Text;
using System.Text.Unicode;
using MimeKit.Encodings;
using MimeKit.Utils;

namespace Postmill.Mail.Mime;

/// <summary>
/// Text with RFC 2047 words, by MimeKit. It gets the words with labels out of a fixed set: it keeps every label it sees for good, throws within for each that it
/// does not know, and takes labels narrower than senders do. It gets nothing behind the last word, for it looks for the end of each word that is begun.
/// </summary>
internal static class EncodedWords
{
    private const string Unknown = "x-unknown";

    // What ends a label for MimeKit (RFC 2047 section 2): such text is no word for it.
    private static readonly SearchValues<byte> NoLabel = SearchValues.Create([.. Enumerable.Range(0, 33).Concat(Enumerable.Range(127, 129)).Select(c => (byte)c)]);

    /// <summary>Text of unfolded octets on one line: words decoded, everything else UTF-8 or <paramref name="fallbackCharset"/> or windows-1252.</summary>
    public static string Decode(ReadOnlySpan<byte> octets, string? fallbackCharset)
    {
        if (octets.IndexOf("=?"u8) < 0)
            return OneLine(Literal(octets, fallbackCharset));
        using var readable = new ByteBuffer(octets.Length + 64);
        var behind = CopyWords(octets, readable, fallbackCharset);
        var text = Rfc2047.DecodeText(MimeKitReading.Options, readable.Written.ToArray());
        return OneLine(StorableText.Of(text + Literal(octets[behind..], fallbackCharset)));
    }

    /// <summary>
    /// The same as octets, for what MimeKit reads whole, such as a mailbox. False where it could find words that are not in the octets before it has undone their
    /// quoting, and where a word is begun and not ended.
    /// </summary>
    public static bool TryReadable(ReadOnlySpan<byte> octets, string? fallbackCharset, out byte[] readable)
    {
        using var copy = new ByteBuffer(octets.Length + 64);
        var behind = CopyWords(octets, copy, fallbackCharset);
        copy.Append(Encoding.UTF8.GetBytes(Literal(octets[behind..], fallbackCharset)));
        readable = copy.Written.ToArray();
        return octets[behind..].IndexOf("=?"u8) < 0 && !HidesStart(octets);
    }

    // "=?" with quotes or backslashes between.
    private static bool HidesStart(ReadOnlySpan<byte> octets)
    {
        while (octets.IndexOf((byte)'=') is >= 0 and var equals)
        {
            octets = octets[(equals + 1)..];
            var rest = octets.TrimStart("\"\\"u8);
            if (rest.Length < octets.Length && rest.StartsWith("?"u8))
                return true;
            octets = rest;
        }
        return false;
    }

    /// <summary>The end of the word that starts at <paramref name="at"/>; -1 where none does. <paramref name="terminator"/> remembers the next "?=" between calls; -1 at first.</summary>
    public static int End(ReadOnlySpan<byte> octets, int at, ref int terminator)
    {
        if (!octets[at..].StartsWith("=?"u8) || !TryText(octets, at, out var text))
            return -1;
        if (terminator < text)
            terminator = octets[text..].IndexOf("?="u8) is var found && found < 0 ? int.MaxValue : text + found;
        return terminator == int.MaxValue ? -1 : terminator + 2;
    }

    /// <summary>A line end smuggled in by an encoded word must not begin a field wherever the value is written again.</summary>
    public static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : text.Replace('\r', ' ').Replace('\n', ' ');

    // Copies up to the last word and what stands before a start without an end; returns where that is. The words are found as MimeKit finds them.
    private static int CopyWords(ReadOnlySpan<byte> octets, ByteBuffer to, string? fallbackCharset)
    {
        var (at, from) = (0, 0);
        while (octets[from..].IndexOf("=?"u8) is >= 0 and var found)
        {
            var open = from + found;
            var label = octets[(open + 2)..].IndexOf((byte)'?');
            if (label < 0)
                break;
            if (!TryText(octets, open, out var text))
            {
                from = open + 2 + label;
                continue;
            }
            var end = octets[text..].IndexOf("?="u8);
            if (end < 0)
                break;
            to.Append(Encoding.UTF8.GetBytes(Literal(octets[at..open], fallbackCharset)));
            at = from = text + end + 2;
            CopyWord(octets.Slice(open + 2, label), octets.Slice(text, end), octets[text - 2], !octets[at..].TrimStart(" \t"u8).StartsWith("=?"u8), to);
        }
        return at;
    }

    // Where the text of the word at hand begins, behind "=?label?q?".
    private static bool TryText(ReadOnlySpan<byte> octets, int open, out int text)
    {
        text = open + 2 + octets[(open + 2)..].IndexOf((byte)'?') + 3;
        return text > open + 4 && text <= octets.Length && octets[text - 1] == '?' && octets[text - 2] is (byte)'b' or (byte)'B' or (byte)'q' or (byte)'Q';
    }

    private static void CopyWord(ReadOnlySpan<byte> label, ReadOnlySpan<byte> text, byte encoding, bool last, ByteBuffer to)
    {
        var language = label.IndexOf((byte)'*');
        var charset = Encoding.Latin1.GetString(language < 0 ? label : label[..language]);
        var isBase64 = encoding is (byte)'b' or (byte)'B';
        if (label.IsEmpty || label.IndexOfAny(NoLabel) >= 0)
            Write(to, label, encoding, text);
        else if (Charsets.IsUtf7(charset))
            Write(to, "utf-8"u8, (byte)'B', Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Charsets.Decode(Octets(text, isBase64), charset)))));
        else
            // Without its padding the end of base64 would be left out.
            Write(to, Encoding.ASCII.GetBytes(Charsets.NumberedLabel(charset) ?? Unknown), encoding, [.. text, .. isBase64 && last ? "==="u8 : []]);
    }

    private static void Write(ByteBuffer to, ReadOnlySpan<byte> label, byte encoding, ReadOnlySpan<byte> text)
    {
        to.Append("=?"u8);
        to.Append(label);
        to.Append((byte)'?');
        to.Append(encoding);
        to.Append((byte)'?');
        to.Append(text);
        to.Append("?="u8);
    }

    private static byte[] Octets(ReadOnlySpan<byte> text, bool isBase64)
    {
        IMimeDecoder decoder = isBase64 ? new Base64Decoder() : new QuotedPrintableDecoder(true);
        var octets = new byte[decoder.EstimateOutputLength(text.Length)];
        return octets[..decoder.Decode(text.ToArray(), 0, text.Length, octets)];
    }

    private static string Literal(ReadOnlySpan<byte> octets, string? fallbackCharset) =>
        fallbackCharset is null || Utf8.IsValid(octets) ? Charsets.DecodeUndeclared(octets) : Charsets.Decode(octets, fallbackCharset);
}
