using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Postmill.Mail.Mime;

/// <summary>Charset labels as mail uses them, and tolerant decoding. Labels follow the WHATWG rule that a subset label means its superset.</summary>
internal static class Charsets
{
    private const int MaxLabel = 64;
    private static readonly ConcurrentDictionary<int, Encoding?> ByCodePage = new();

    /// <summary>Text of <paramref name="octets"/> in <paramref name="label"/>; storable; malformed sequences become U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<byte> octets, string? label)
    {
        if (octets.IsEmpty)
            return "";
        if (HasUtf8Mark(octets))
            return DecodeUtf8(octets[3..]);
        var page = CodePage(label);
        return page switch
        {
            CharsetLabels.Undeclared => DecodeUndeclared(octets),
            65001 => DecodeUtf8(octets),
            CharsetLabels.Utf7 => StorableText.Of(Utf7Text.Decode(octets)),
            1200 => DecodeUtf16(octets),
            _ => Find(page) is { } encoding ? StorableText.Of(encoding.GetString(octets)) : DecodeUndeclared(octets),
        };
    }

    /// <summary>Text nobody labelled: UTF-8 where that is what it is, else windows-1252.</summary>
    public static string DecodeUndeclared(ReadOnlySpan<byte> octets) =>
        StorableText.Of(IsUtf8OrCutUtf8(octets) ? Encoding.UTF8.GetString(octets) : Find(1252)!.GetString(octets));

    /// <summary>The label by its code page, of which there are few, in a form that MimeKit reads; null where it means no charset of its own (or UTF-7).</summary>
    public static string? NumberedLabel(string? label) => CodePage(label) switch
    {
        CharsetLabels.Undeclared or CharsetLabels.Utf7 => null,
        65001 => "utf-8",
        var page => string.Create(CultureInfo.InvariantCulture, $"cp{page}"),
    };

    /// <summary>Whether the label means UTF-7, which no library reads.</summary>
    public static bool IsUtf7(string? label) => CodePage(label) == CharsetLabels.Utf7;

    // A label of UTF-8 is believed if at least one multi-octet sequence in the text is UTF-8; else the sender mislabelled an 8-bit charset.
    private static string DecodeUtf8(ReadOnlySpan<byte> octets)
    {
        if (Utf8.IsValid(octets) || HasUtf8Sequence(octets))
            return StorableText.Of(Encoding.UTF8.GetString(octets));
        return DecodeUndeclared(octets);
    }

    private static string DecodeUtf16(ReadOnlySpan<byte> octets)
    {
        if (octets is [0xFE, 0xFF, ..])
            return StorableText.Of(Encoding.BigEndianUnicode.GetString(octets[2..]));
        return StorableText.Of(Encoding.Unicode.GetString(octets is [0xFF, 0xFE, ..] ? octets[2..] : octets));
    }

    private static bool HasUtf8Mark(ReadOnlySpan<byte> octets) => octets is [0xEF, 0xBB, 0xBF, ..];

    private static bool IsUtf8OrCutUtf8(ReadOnlySpan<byte> octets)
    {
        if (Utf8.IsValid(octets))
            return true;
        // Text cut at a limit may end inside a character; that alone does not make it windows-1252.
        for (var cut = 1; cut <= 3 && cut < octets.Length; cut++)
        {
            if (octets[^cut] >= 0xC2)
                return !System.Text.Ascii.IsValid(octets[..^cut]) && Utf8.IsValid(octets[..^cut]);
            if (octets[^cut] < 0x80)
                return false;
        }
        return false;
    }

    private static bool HasUtf8Sequence(ReadOnlySpan<byte> octets)
    {
        while (true)
        {
            var at = octets.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (at < 0)
                return false;
            octets = octets[at..];
            if (Rune.DecodeFromUtf8(octets, out _, out var used) == System.Buffers.OperationStatus.Done)
                return true;
            octets = octets[used..];
        }
    }

    private static int CodePage(string? label)
    {
        if (label is null or "" || label.Length > MaxLabel)
            return CharsetLabels.Undeclared;
        var name = label.AsSpan().Trim().Trim("\"'").ToString();
        if (CharsetLabels.TryGet(name, out var page))
            return page;
        if (TryNumbered(name, out page))
            return page;
        return CodePagesEncodingProvider.Instance.GetEncoding(name)?.CodePage ?? CharsetLabels.Undeclared;
    }

    // cp850, ibm437, windows-1250, x-cp1251, 1251
    private static bool TryNumbered(string name, out int page)
    {
        page = CharsetLabels.Undeclared;
        var digits = name.AsSpan().TrimStart("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
        var prefix = name.AsSpan(0, name.Length - digits.Length).Trim("-_");
        var prefixed = prefix.IsEmpty || prefix.Equals("cp", StringComparison.OrdinalIgnoreCase) || prefix.Equals("x-cp", StringComparison.OrdinalIgnoreCase)
            || prefix.Equals("windows", StringComparison.OrdinalIgnoreCase) || prefix.Equals("ibm", StringComparison.OrdinalIgnoreCase);
        return prefixed && digits.Length is >= 3 and <= 5
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out page)
            && (page is 65001 || (page is not (65000 or 1200 or 1201 or 12000 or 12001) && Find(page) is not null));
    }

    // The provider answers null for what it does not know; the framework's own lookup would throw, once per hostile label.
    private static Encoding? Find(int page) => ByCodePage.GetOrAdd(page, static number => number switch
    {
        12000 => Encoding.UTF32,
        12001 => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        1201 => Encoding.BigEndianUnicode,
        _ => CodePagesEncodingProvider.Instance.GetEncoding(number, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD")),
    });
}
