using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>
/// Reads the fields of message/delivery-status (RFC 3464 section 2.1), wherever they stand: in a part of that or a misspelt type, or in the middle of a
/// text. Groups end at a blank line, and where reporters leave that out, at a field the group already has.
/// </summary>
internal static class StatusFields
{
    private static readonly string[] RecipientFields =
        [
            "Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code", "Remote-MTA", "Last-Attempt-Date", "X-Actual-Recipient",
            "Will-Retry-Until",
        ];

    private static readonly string[] MessageFields =
        ["Reporting-MTA", "Original-Envelope-Id", "Arrival-Date", "Received-From-MTA", "X-Original-Message-ID", "Original-Message-ID"];

    /// <summary>Groups that name a recipient, and the fields of the whole message in <paramref name="ofMessage"/>.</summary>
    public static List<StatusGroup> Read(string text, StatusGroup ofMessage)
    {
        var groups = new List<StatusGroup>();
        var open = new StatusGroup();
        var fields = 0;
        foreach (var (name, value) in Fields(text))
        {
            if (fields++ > ReportLimits.MaxStatusFields)
                break;
            if (name.Length > 0 && Find(MessageFields, name) is { } known)
            {
                ofMessage.Add(known, value);
                continue;
            }
            var field = name.Length == 0 ? null : Find(RecipientFields, name);
            // A blank line ends a group that is complete; some reporters put one between the recipient and its status.
            if (name.Length == 0 ? open.Has("Final-Recipient") && open.Has("Action") : field is not null && Begins(open, field))
                open = Close(open, groups);
            if (field is not null)
                open.Add(field, value);
        }
        Close(open, groups);
        return groups;
    }

    /// <summary>The text of the parts that hold status fields, of a message inside none.</summary>
    public static string? TextOf(MimeMessage mail)
    {
        StringBuilder? text = null;
        foreach (var part in mail.Parts)
        {
            if (part.Children.Count > 0 || !part.ContentType.EndsWith("delivery-status", StringComparison.Ordinal))
                continue;
            (text ??= new StringBuilder()).Append(BodyText.Decode(part, ReportLimits.MaxPartBytes)).Append("\n\n");
            if (text.Length > ReportLimits.MaxPartBytes)
                break;
        }
        return text?.Replace("\r\n", "\n").ToString();
    }

    // One of these for the second time begins the next recipient.
    private static bool Begins(StatusGroup open, string field) =>
        field is "Final-Recipient" or "Original-Recipient" or "Action" or "Status" && open.Has(field) && IsNamed(open);

    private static bool IsNamed(StatusGroup open) => open.Has("Final-Recipient") || open.Has("Original-Recipient") || open.Has("X-Actual-Recipient");

    private static StatusGroup Close(StatusGroup open, List<StatusGroup> groups)
    {
        if (IsNamed(open) && (open.Has("Action") || open.Has("Status") || open.Has("Diagnostic-Code")) && groups.Count < ReportLimits.MaxRecipients)
            groups.Add(open);
        return new StatusGroup();
    }

    // Fields with their folds joined; a blank line comes as a nameless field.
    private static IEnumerable<(string Name, string Value)> Fields(string text)
    {
        string? name = null;
        var value = new StringBuilder();
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.TrimEnd();
            if (line.Length > 0 && line[0] is ' ' or '\t' && name is not null && TryName(line, out _) is null)
            {
                if (value.Length < ReportLimits.MaxDiagnosticChars)
                    value.Append(' ').Append(line.AsSpan().Trim());
                continue;
            }
            if (name is not null)
                yield return (name, value.ToString());
            name = TryName(line, out var rest);
            value.Clear().Append(rest);
            if (line.Length == 0)
                yield return ("", "");
        }
        if (name is not null)
            yield return (name, value.ToString());
    }

    private static string? TryName(string line, out string rest)
    {
        rest = "";
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon is < 2 or > 60)
            return null;
        var name = line.AsSpan(0, colon).Trim();
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return null;
        }
        var known = Find(RecipientFields, name) ?? Find(MessageFields, name);
        if (known is null && line[0] is ' ' or '\t')
            return null;
        rest = line[(colon + 1)..].Trim();
        return known ?? name.ToString();
    }

    private static string? Find(string[] names, ReadOnlySpan<char> name)
    {
        foreach (var known in names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
                return known;
        }
        return null;
    }
}
