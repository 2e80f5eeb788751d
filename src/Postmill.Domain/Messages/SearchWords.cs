using System.Globalization;
using System.Text;

namespace Postmill.Domain.Messages;

/// <summary>
/// Cuts text into the words that search knows: runs of letters and digits in lower case without accents; scripts written without blanks as overlapping pairs of
/// characters. What is stored and what is asked for must be cut alike, so this is the only place that does it.
/// </summary>
public static class SearchWords
{
    /// <summary>Longer words are cut here: they are encoded data, not words. UTF-16 units.</summary>
    public const int LongestWord = 64;

    /// <summary>Hears every word in order, with the place in the text that it was cut from; the span is valid during the call only. Answers false to stop.</summary>
    public delegate bool Visitor<TState>(ReadOnlySpan<char> word, Range place, TState state);

    public static void Visit<TState>(ReadOnlySpan<char> text, TState state, Visitor<TState> visitor)
    {
        Span<char> word = stackalloc char[LongestWord];
        var at = 0;
        while (at < text.Length)
        {
            var first = text[at];
            if (char.IsAscii(first) && !char.IsAsciiLetterOrDigit(first))
            {
                at++;
                continue;
            }

            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (IsUnspaced(rune))
            {
                if (!VisitUnspaced(text, ref at, state, visitor)) return;
            }
            else if (!IsWordPart(rune))
            {
                at += length;
            }
            else if (!VisitWord(text, ref at, word, state, visitor))
            {
                return;
            }
        }
    }

    /// <summary>One character of a script without blanks: text that has it beside others holds it in pairs only, and a query finds those that it begins.</summary>
    public static bool IsLoneUnspaced(ReadOnlySpan<char> word) =>
        Rune.DecodeFromUtf16(word, out var rune, out var units) == System.Buffers.OperationStatus.Done && units == word.Length && IsUnspaced(rune);

    private static bool VisitWord<TState>(ReadOnlySpan<char> text, ref int at, Span<char> word, TState state, Visitor<TState> visitor)
    {
        int length = 0, start = at;
        var ascii = true;
        while (at < text.Length)
        {
            var next = text[at];
            if (char.IsAsciiLetterOrDigit(next))
            {
                if (length < LongestWord) word[length++] = (char)(char.IsAsciiLetterUpper(next) ? next | 0x20 : next);
                at++;
                continue;
            }

            if (char.IsAscii(next)) break;
            Rune.DecodeFromUtf16(text[at..], out var rune, out var units);
            if (!IsWordPart(rune) || IsUnspaced(rune)) break;
            ascii = false;
            at += units;
        }

        if (ascii) return visitor(word[..length], start..at, state);
        var plain = Plain(text[start..at]);
        return plain.IsEmpty || visitor(plain, start..at, state); // accents alone are no word
    }

    /// <summary>Lower case without accents; letters that no decomposition splits are spelled as people type them.</summary>
    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> word)
    {
        var cut = word.Length <= LongestWord ? word : word[..(char.IsHighSurrogate(word[LongestWord - 1]) ? LongestWord - 1 : LongestWord)];
        var plain = new StringBuilder(cut.Length);
        foreach (var c in cut.ToString().ToLowerInvariant().Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            _ = c switch
            {
                'ß' => plain.Append("ss"),
                'æ' => plain.Append("ae"),
                'œ' => plain.Append("oe"),
                'ø' => plain.Append('o'),
                'đ' or 'ð' => plain.Append('d'),
                'ł' => plain.Append('l'),
                'ı' => plain.Append('i'),
                _ => plain.Append(c),
            };
        }

        return plain.ToString().Normalize(NormalizationForm.FormC);
    }

    private static bool VisitUnspaced<TState>(ReadOnlySpan<char> text, ref int at, TState state, Visitor<TState> visitor)
    {
        var previous = 0;
        while (at < text.Length)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var units);
            if (!IsUnspaced(rune)) break;
            at += units;
            if (previous > 0 && !visitor(text[(at - units - previous)..at], (at - units - previous)..at, state)) return false;
            var lone = previous == 0 && (at >= text.Length || !NextIsUnspaced(text[at..]));
            if (lone && !visitor(text[(at - units)..at], (at - units)..at, state)) return false;
            previous = units;
        }

        return true;
    }

    private static bool NextIsUnspaced(ReadOnlySpan<char> rest)
    {
        Rune.DecodeFromUtf16(rest, out var rune, out _);
        return IsUnspaced(rune);
    }

    private static bool IsWordPart(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber;

    /// <summary>Scripts written without blanks between words: Thai to Myanmar, Khmer, kana, Han.</summary>
    private static bool IsUnspaced(Rune rune) => rune.Value is
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3041 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF)
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF66 and <= 0xFF9D) or (>= 0x20000 and <= 0x323AF);
}
