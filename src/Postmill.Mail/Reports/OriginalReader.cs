using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Finds what a report says of the original mail: enclosed as a mail or as headers, quoted in the text, or named by id alone.</summary>
internal static class OriginalReader
{
    public static OriginalMail Of(MimeMessage mail, ReportText? text, StatusGroup? status = null)
    {
        var ids = new List<string>();
        var headers = Enclosed(mail) ?? Quoted(text);
        if (headers is not null)
            Add(ids, MessageIds.All(headers.FirstRaw("Message-ID").Span, MimeLimits.Default));
        Add(ids, Ids(status?["Original-Message-ID"]));
        Add(ids, Ids(status?["X-Original-Message-ID"]));
        Add(ids, Ids(Receipt(mail)));
        if (text is not null)
            AddLines(ids, text);
        Add(ids, mail.InReplyTo);
        Add(ids, mail.References.Reverse());
        return new OriginalMail
        {
            MessageIds = ids,
            EnvelopeId = Bounded(status?["Original-Envelope-Id"]),
            From = headers is null ? null : Addresses(headers, "From").FirstOrDefault(),
            To = headers is null ? [] : [.. Addresses(headers, "To").Take(ReportLimits.MaxRecipients)],
            Subject = Bounded(headers?.First("Subject")),
        };
    }

    // The first mail or header part inside; what lies deeper belongs to that mail.
    private static MimeHeaders? Enclosed(MimeMessage mail)
    {
        foreach (var part in mail.Parts)
        {
            if (part.IsMessage && part.Children.Count > 0)
                return part.Children[0].Headers;
            if (part.IsMessage || part.ContentType.Contains("rfc822-header", StringComparison.Ordinal) || part.ContentType == "message/global-headers")
                return Block(BodyText.Decode(part, ReportLimits.MaxQuotedChars));
        }
        return null;
    }

    private static MimeHeaders? Quoted(ReportText? text)
    {
        if (text is null || text.Quoted.Length == 0)
            return null;
        var headers = Block(text.Quoted);
        return headers.Count > 0 ? headers : null;
    }

    private static MimeHeaders Block(string text) => MimeHeaders.Parse(Encoding.UTF8.GetBytes(text.TrimStart().TrimStart('-', '=', '*', '\n', ' ')));

    // Lines "Message-ID: <…>" wherever they stand.
    private static void AddLines(List<string> ids, ReportText text)
    {
        foreach (var line in text.Lines.Concat(text.Quoted.Split('\n')))
        {
            var trimmed = line.AsSpan().Trim();
            if (ids.Count < ReportLimits.MaxMessageIds && trimmed.StartsWith("Message-ID:", StringComparison.OrdinalIgnoreCase))
                Add(ids, Ids(trimmed["Message-ID:".Length..].ToString()));
        }
    }

    private static string? Receipt(MimeMessage mail)
    {
        foreach (var part in mail.Parts)
        {
            if (part.ContentType == "message/disposition-notification")
                return Block(BodyText.Decode(part, ReportLimits.MaxQuotedChars)).First("Original-Message-ID");
        }
        return null;
    }

    private static IReadOnlyList<string> Ids(string? value) =>
        value is null ? [] : MessageIds.All(Encoding.UTF8.GetBytes(value[..Math.Min(value.Length, ReportLimits.MaxQuotedChars)]), MimeLimits.Default);

    private static void Add(List<string> ids, IEnumerable<string> more)
    {
        foreach (var id in more)
        {
            if (ids.Count < ReportLimits.MaxMessageIds && id.Length > 0 && !ids.Contains(id))
                ids.Add(id);
        }
    }

    private static IEnumerable<string> Addresses(MimeHeaders headers, string name)
    {
        var addresses = new List<MailAddress>();
        MailAddresses.Read(headers.FirstRaw(name).Span, null, MimeLimits.Default, addresses);
        return addresses.Select(a => a.Address).Where(a => a.Length is > 0 and <= ReportLimits.MaxAddressChars);
    }

    private static string? Bounded(string? text) => text is null ? null : StorableText.Cut(text, ReportLimits.MaxDiagnosticChars);
}
