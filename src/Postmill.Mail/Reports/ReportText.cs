using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>The words of a report, parted into its own and those it quotes of the original mail. Lines end in LF.</summary>
internal sealed class ReportText
{
    // What mail systems write on the line before the original mail.
    private static readonly string[] Announcements =
    [
        "below this line is a copy", "is a copy of the message", "is a copy of your message", "copy of the original message", "original message follow",
        "message headers follow", "message header follow", "unsent message follow", "undelivered message follow", "message text follow",
        "header of the original", "headers of the original", "enclosed is a copy", "returned mail follow", "message header:", "bounced message follow",
        "copy of the message header", "original message headers", "copy of the message, including",
    ];

    // What announces it only between rules or as the whole line: sentences hold these words too.
    private static readonly string[] Titles =
    [
        "original message", "original mail", "original mail info", "returned message", "unsent message", "forwarded message", "original headers",
        "message text",
    ];

    // Fields that begin a quoted header block when they stand in the first column.
    private static readonly string[] HeaderStarts =
        [
            "received:", "return-path:", "dkim-signature:", "x-received:", "delivered-to:", "mime-version:", "arc-seal:", "x-originating-ip:",
            "authentication-results:", "x-mailer:", "message-id:",
        ];

    private ReportText(string own, string quoted)
    {
        Own = own;
        Quoted = quoted;
        Lines = own.Split('\n');
    }

    /// <summary>What the reporting system says.</summary>
    public string Own { get; }

    /// <summary>What follows the line that announces the original mail; empty when nothing does.</summary>
    public string Quoted { get; }

    /// <summary>The lines of <see cref="Own"/>.</summary>
    public string[] Lines { get; }

    /// <summary>The text parts that lie in no enclosed mail.</summary>
    public static ReportText Of(MimeMessage mail)
    {
        var text = new StringBuilder();
        var read = 0;
        foreach (var part in mail.Parts)
        {
            if (read == ReportLimits.MaxTextParts || text.Length > ReportLimits.MaxOwnChars + ReportLimits.MaxQuotedChars)
                break;
            if (!Speaks(part) || (part.IsHtml && text.Length > 0))
                continue;
            read++;
            text.Append(BodyText.Plain(part, ReportLimits.MaxPartBytes)).Append('\n');
        }
        return Part(text.ToString().ReplaceLineEndings("\n"));
    }

    private static ReportText Part(string text)
    {
        var at = 0;
        while (at < text.Length && at < ReportLimits.MaxOwnChars)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            var line = text.AsSpan(at, end - at);
            if (IsHeaderStart(line))
                return new ReportText(Cut(text[..at], ReportLimits.MaxOwnChars), Cut(text[at..], ReportLimits.MaxQuotedChars));
            if (IsSeparator(line))
                return new ReportText(Cut(text[..at], ReportLimits.MaxOwnChars), Cut(text[Math.Min(end + 1, text.Length)..], ReportLimits.MaxQuotedChars));
            at = end + 1;
        }
        return new ReportText(Cut(text, ReportLimits.MaxOwnChars), "");
    }

    private static bool Speaks(MimePart part)
    {
        for (var above = part.Parent; above is not null; above = above.Parent)
        {
            if (!above.IsMultipart)
                return false;
        }
        return part.IsUndivided || (part.Children.Count == 0 && part.IsText && !part.ContentType.StartsWith("text/rfc822-header", StringComparison.Ordinal));
    }

    private static bool IsHeaderStart(ReadOnlySpan<char> line)
    {
        foreach (var start in HeaderStarts)
        {
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsSeparator(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.Length is < 8 or > 120)
            return false;
        if (line[0] is '-' or '*' or '|' or '=' or '>' or '_' || line[^1] is ':' or '.' or '-' or '*' or '=')
        {
            foreach (var words in Announcements)
            {
                if (line.Contains(words, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        var ruled = line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith("**", StringComparison.Ordinal) || line[0] == '|';
        var bare = line.Trim("-*|=_:. ");
        foreach (var title in Titles)
        {
            if (bare.Equals(title, StringComparison.OrdinalIgnoreCase) && (ruled || line[^1] == ':'))
                return true;
        }
        return false;
    }

    private static string Cut(string text, int max) => text.Length <= max ? text : StorableText.Cut(text, max);
}
