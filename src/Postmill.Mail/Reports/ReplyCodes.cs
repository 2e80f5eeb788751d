using Postmill.Mail.Smtp;

namespace Postmill.Mail.Reports;

/// <summary>
/// Finds reply codes (RFC 5321 section 4.2) and enhanced status codes (RFC 3463) in free text, past addresses of hosts, ports, times and versions.
/// </summary>
internal static class ReplyCodes
{
    /// <summary>The first 4xx or 5xx that stands where a reply begins; null when there is none.</summary>
    public static int? Reply(string text)
    {
        for (var at = 0; at + 3 <= text.Length; at++)
        {
            if (text[at] is not ('4' or '5') || !char.IsAsciiDigit(text[at + 1]) || !char.IsAsciiDigit(text[at + 2]) || text[at + 1] > '7')
                continue;
            if (Begins(text, at) && Ends(text, at + 3))
                return ((text[at] - '0') * 100) + ((text[at + 1] - '0') * 10) + text[at + 2] - '0';
        }
        return null;
    }

    /// <summary>The first 4.x.x or 5.x.x behind a reply code, else the first anywhere; null when there is none.</summary>
    public static SmtpEnhancedStatus? Status(string text)
    {
        SmtpEnhancedStatus? first = null;
        for (var at = 0; at + 5 <= text.Length; at++)
        {
            if (text[at] is not ('4' or '5') || text[at + 1] != '.' || !StatusAt(text, at, out var status))
                continue;
            if (at > 3 && text[at - 1] is ' ' or '-' && char.IsAsciiDigit(text[at - 2]) && text[at - 4] == text[at])
                return status;
            first ??= status;
        }
        return first;
    }

    /// <summary>The status at the start of a Status field; comments after it do not matter.</summary>
    public static SmtpEnhancedStatus? StatusField(string? value) =>
        value is { Length: >= 5 } && value[0] is '2' or '4' or '5' && value[1] == '.' && StatusAt(value, 0, out var status) ? status : null;

    private static bool StatusAt(string text, int at, out SmtpEnhancedStatus status)
    {
        status = default;
        if (at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '.'))
            return false;
        var next = at + 2;
        if (!Number(text, ref next, out var subject) || next >= text.Length || text[next] != '.')
            return false;
        next++;
        if (!Number(text, ref next, out var detail))
            return false;
        // Four numbers are an IP address or a version.
        if (next < text.Length && (char.IsAsciiLetterOrDigit(text[next]) || (text[next] == '.' && next + 1 < text.Length && char.IsAsciiDigit(text[next + 1]))))
            return false;
        status = new SmtpEnhancedStatus(text[at] - '0', subject, detail);
        return true;
    }

    private static bool Number(string text, ref int at, out int number)
    {
        var start = at;
        number = 0;
        while (at < text.Length && at - start < 3 && char.IsAsciiDigit(text[at]))
            number = (number * 10) + text[at++] - '0';
        return at > start;
    }

    // At the start of a line or behind what introduces a server's words.
    private static bool Begins(string text, int at)
    {
        if (at == 0 || text[at - 1] is '\n' or '[' or ';' or '<' or '"' or ':')
            return true;
        if (text[at - 1] != ' ' && text[at - 1] != '\t')
            return false;
        var before = text.AsSpan(0, at).TrimEnd(" \t");
        return before.Length == 0 || "\n:;<[]>,.=-".Contains(before[^1], StringComparison.Ordinal) || before.EndsWith("said", StringComparison.Ordinal);
    }

    private static bool Ends(string text, int at) =>
        at == text.Length || text[at] is '\n' or '\r' or '-' or ',' or ':' or ']' or ')' or '>' || (text[at] is ' ' && !FollowsUnit(text.AsSpan(at + 1)));

    // "450 seconds", "500 messages": a count.
    private static bool FollowsUnit(ReadOnlySpan<char> rest) =>
        rest.StartsWith("second", StringComparison.Ordinal) || rest.StartsWith("minute", StringComparison.Ordinal)
        || rest.StartsWith("hour", StringComparison.Ordinal) || rest.StartsWith("byte", StringComparison.Ordinal)
        || rest.StartsWith("messages", StringComparison.Ordinal);
}
