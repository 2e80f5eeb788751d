using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Addresses as reports write them: <c>rfc822; a@b</c>, <c>&lt;a@b&gt;</c>, with a source route, or in the middle of a sentence.</summary>
internal static class ReportAddress
{
    /// <summary>The address of a Final-Recipient or a like field; null when it holds none.</summary>
    public static string? OfField(string? value)
    {
        if (value is null)
            return null;
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        var text = value.AsSpan(semicolon + 1).Trim().Trim("<>").Trim();
        // A source route (RFC 5321 appendix C): "@relay:user@host".
        if (text.StartsWith("@", StringComparison.Ordinal) && text.IndexOf(':') is > 0 and var colon)
            text = text[(colon + 1)..];
        return text.Length is 0 or > ReportLimits.MaxAddressChars || text.Contains('\n') ? null : StorableText.Of(text);
    }

    /// <summary>The first address in a line and where it stands; null when there is none.</summary>
    public static string? First(ReadOnlySpan<char> line, out int start, out int end)
    {
        start = end = 0;
        for (var from = 0; from < line.Length;)
        {
            var at = line[from..].IndexOf('@');
            if (at < 0)
                return null;
            at += from;
            start = at;
            while (start > 0 && IsLocal(line[start - 1]))
                start--;
            if (start == at && at > 1 && line[at - 1] == '"')
                start = Math.Max(0, line[..(at - 1)].LastIndexOf('"'));
            end = at + 1;
            while (end < line.Length && IsDomain(line[end]))
                end++;
            while (end > at + 1 && line[end - 1] is '.' or '-')
                end--;
            if (start < at && end - at > 1 && end - start <= ReportLimits.MaxAddressChars)
                return line[start..end].ToString();
            from = at + 1;
        }
        return null;
    }

    private static bool IsLocal(char c) => char.IsLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~.".Contains(c, StringComparison.Ordinal);

    private static bool IsDomain(char c) => char.IsLetterOrDigit(c) || c is '.' or '-' or '_';
}
