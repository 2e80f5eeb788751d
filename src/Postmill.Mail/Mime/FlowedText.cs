using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>Plain text as a reader shows it: line ends are LF, format=flowed (RFC 3676) is put together again.</summary>
internal static class FlowedText
{
    public static string Lines(string text)
    {
        if (!text.Contains('\r'))
            return text;
        return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
    }

    /// <summary>Joins flowed lines of one quote depth; <paramref name="delSp"/> drops the blank that marks them (RFC 3676 section 4.1).</summary>
    public static string Unflow(string text, bool delSp)
    {
        var rest = Lines(text).AsSpan();
        var result = new StringBuilder(rest.Length);
        var openDepth = -1;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            var depth = line.IndexOfAnyExcept('>') is var other && other < 0 ? line.Length : other;
            line = line[depth..];
            if (line.StartsWith(" "))
                line = line[1..];
            var signature = line is "-- ";
            if (openDepth >= 0 && (openDepth != depth || signature))
            {
                result.Append('\n');
                openDepth = -1;
            }
            if (openDepth < 0 && depth > 0)
                result.Append('>', depth).Append(' ');
            var flows = !signature && line.EndsWith(" ");
            result.Append(flows && delSp ? line[..^1] : line);
            openDepth = flows ? depth : -1;
            if (!flows && end >= 0)
                result.Append('\n');
        }
        return result.ToString();
    }
}
