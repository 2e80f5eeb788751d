using System.Text;

namespace Postmill.Mail.Reports;

/// <summary>
/// Text made comparable: lower case, single blanks, addresses as &lt;&gt;, and without what may hold any word: links, and the codes servers repeat on every
/// line of a long reply.
/// </summary>
internal static class ReportWords
{
    public static string Of(string text)
    {
        var words = new StringBuilder(Math.Min(text.Length, ReportLimits.MaxOwnChars) + 2).Append(' ');
        foreach (var range in text.AsSpan(0, Math.Min(text.Length, ReportLimits.MaxOwnChars)).SplitAny(" \t\r\n"))
        {
            var word = text.AsSpan(range);
            if (word.Length == 0 || word.Contains("://", StringComparison.Ordinal) || IsContinuation(word))
                continue;
            var at = word.IndexOf('@');
            if (at >= 0 && word.Length > 1)
                AppendAddress(words, word, at);
            else
                AppendLower(words, word);
            words.Append(' ');
        }
        return words.ToString();
    }

    // "550-5.7.26" and "550-The" say again what the last line of the reply says.
    private static bool IsContinuation(ReadOnlySpan<char> word) =>
        word.Length >= 8 && IsLongReply(word) && char.IsAsciiDigit(word[4]) && word[5] == '.';

    private static bool IsLongReply(ReadOnlySpan<char> word) =>
        word.Length > 4 && word[0] is '4' or '5' && char.IsAsciiDigit(word[1]) && char.IsAsciiDigit(word[2]) && word[3] == '-';

    private static void AppendAddress(StringBuilder words, ReadOnlySpan<char> word, int at)
    {
        var open = word[..at].LastIndexOf('<');
        var close = word[at..].IndexOf('>');
        AppendLower(words, open > 0 ? word[..open] : []);
        words.Append("<>");
        if (close >= 0)
            AppendLower(words, word[(at + close + 1)..]);
        else if (word[^1] is ':' or ',' or '.' or ')')
            words.Append(word[^1]);
    }

    private static void AppendLower(StringBuilder words, ReadOnlySpan<char> word)
    {
        if (IsLongReply(word))
            word = word[4..];
        foreach (var c in word)
            words.Append(char.ToLowerInvariant(c is '’' ? '\'' : c));
    }
}
