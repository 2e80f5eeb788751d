using System.Text;

namespace Postmill.Mail.Reports;

/// <summary>Cuts a report's text into what it says of each recipient.</summary>
internal static class ReportBlocks
{
    // Lines a system writes about one recipient at most.
    private const int MaxLines = 20;

    /// <summary>The lines that name an address, each with those after it up to a blank line or another recipient, and a command before it.</summary>
    public static string Around(ReportText text, string address, IReadOnlyList<string> all)
    {
        if (address.Length == 0)
            return "";
        var found = new StringBuilder();
        var lines = text.Lines;
        for (var i = 0; i < lines.Length && found.Length < ReportLimits.MaxDiagnosticChars; i++)
        {
            if (!lines[i].Contains(address, StringComparison.OrdinalIgnoreCase) || IsStatusField(lines[i]))
                continue;
            if (i > 0 && lines[i - 1].StartsWith(">>> ", StringComparison.Ordinal))
                found.Append(lines[i - 1]).Append('\n');
            var end = i + 1;
            while (end < lines.Length && end - i < MaxLines && !Ends(lines[end], address, all))
                end++;
            for (; i < end; i++)
                found.Append(lines[i]).Append('\n');
            i--;
        }
        return found.ToString();
    }

    private static bool Ends(string line, string address, IReadOnlyList<string> all) =>
        line.AsSpan().IsWhiteSpace() || IsStatusField(line) || NamesOther(line, address, all);

    // Status fields that lie open in a text are read as such.
    private static bool IsStatusField(string line) =>
        line.StartsWith("Final-Recipient:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Original-Recipient:", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Reporting-MTA:", StringComparison.OrdinalIgnoreCase);

    private static bool NamesOther(string line, string address, IReadOnlyList<string> all)
    {
        // Of many recipients only whether the line has an address at all is asked, so that the work stays linear.
        if (!line.Contains('@', StringComparison.Ordinal) || line.Contains(address, StringComparison.OrdinalIgnoreCase))
            return false;
        return ReportAddress.First(line, out var start, out _) is { } other && (start < 4 || IsOneOf(other, all));
    }

    private static bool IsOneOf(string address, IReadOnlyList<string> all) =>
        all.Count > 1 && all.Contains(address, StringComparer.OrdinalIgnoreCase);
}
