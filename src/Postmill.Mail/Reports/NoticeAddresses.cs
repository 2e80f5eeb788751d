using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Finds the recipients in a notice's text: named in a header, at the start of a line, or behind words such as "deliver your message to".</summary>
internal static class NoticeAddresses
{
    // What stands before a recipient in a sentence.
    private static readonly string[] Cues =
    [
        "deliver", "delivered to", "delivering your mail to", "delivery to", "message to", "mail to", "recipient", "recipients", "rcpt to",
        "reach the following recipient", "failed", "errors", "address", "sent to",
    ];

    // Lines whose address is not a recipient that failed.
    private static readonly string[] Others =
        [
            "contact", "assistance", "support", "from:", "sent by", "sender", "reply-to", "mail from", "postmaster", "administrator", "help", "please",
            "envelope-from", "subject", "unsubscribe",
        ];

    /// <summary>Addresses with the original one where an alias led to them.</summary>
    public static List<(string Address, string? Original)> Of(MimeMessage mail, ReportText text)
    {
        var found = new List<(string Address, string? Original)>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        FromHeader(mail, found, seen);
        if (found.Count > 0)
            return WithOrigins(found, text);
        foreach (var line in text.Lines)
        {
            if (found.Count == ReportLimits.MaxRecipients)
                break;
            if (Recipient(line) is { } address && seen.Add(address))
                found.Add((address, null));
        }
        if (found.Count > 0)
            return WithOrigins(found, text);
        Anywhere(mail, text, found, seen);
        if (found.Count == 0)
            FromField(text.Own, found, seen);
        if (found.Count == 0)
            FromField(text.Quoted, found, seen);
        return found;
    }

    private static void FromHeader(MimeMessage mail, List<(string, string?)> found, HashSet<string> seen)
    {
        var addresses = new List<MailAddress>();
        foreach (var value in mail.Headers.AllRaw("X-Failed-Recipients"))
            MailAddresses.Read(value.Span[..Math.Min(value.Length, MimeLimits.Default.MaxHeaderValueBytes)], null, MimeLimits.Default, addresses);
        foreach (var address in addresses.Select(a => a.Address))
        {
            var whole = address.Contains('@', StringComparison.Ordinal) && address.Length <= ReportLimits.MaxAddressChars;
            if (whole && found.Count < ReportLimits.MaxRecipients && seen.Add(address))
                found.Add((address, null));
        }
    }

    // "Unknown user: a@b": what names an address that is not the reader's own and asks for nothing.
    private static void Anywhere(MimeMessage mail, ReportText text, List<(string, string?)> found, HashSet<string> seen)
    {
        foreach (var line in text.Lines)
        {
            if (found.Count == ReportLimits.MaxRecipients || ReportAddress.First(line, out var start, out _) is not { } address)
                continue;
            var before = ReportSigns.Lower(line[..start]);
            var named = before.Trim().TrimEnd(':', '<', ' ') is "to" or "cc" or "from" || ReportSigns.ContainsAny(before, Others);
            if (!named && !mail.To.Any(t => t.Address.Equals(address, StringComparison.OrdinalIgnoreCase)) && seen.Add(address))
                found.Add((address, null));
        }
    }

    // "To: a@b" of the original mail, told or quoted: better than nothing where a notice names the recipient nowhere else.
    private static void FromField(string text, List<(string, string?)> found, HashSet<string> seen)
    {
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.AsSpan().Trim();
            if (trimmed.StartsWith("To:", StringComparison.OrdinalIgnoreCase) && ReportAddress.First(trimmed, out _, out _) is { } address && seen.Add(address))
            {
                found.Add((address, null));
                return;
            }
        }
    }

    // Exim: "b@x\n  (generated from a@x)".
    private static List<(string Address, string? Original)> WithOrigins(List<(string Address, string? Original)> found, ReportText text)
    {
        for (var i = 0; i < text.Lines.Length; i++)
        {
            var at = text.Lines[i].IndexOf("generated from ", StringComparison.Ordinal);
            if (at < 0 || i == 0 || ReportAddress.First(text.Lines[i].AsSpan(at), out _, out _) is not { } original)
                continue;
            var above = ReportAddress.First(text.Lines[i - 1], out _, out _);
            var index = found.FindIndex(f => f.Address.Equals(above, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                found[index] = (found[index].Address, original);
        }
        return found;
    }

    private static string? Recipient(string line)
    {
        if (!line.Contains('@', StringComparison.Ordinal) || line.Length > 2_000)
            return null;
        if (ReportAddress.First(line, out var start, out var end) is not { } address)
            return null;
        var before = line.AsSpan(0, start).Trim(" \t<>*\"'([|-:");
        if (before.Length == 0)
            return StartsRecipient(line.AsSpan(end)) ? address : null;
        Span<char> lower = stackalloc char[Math.Min(before.Length, 200)];
        before[^lower.Length..].ToLowerInvariant(lower);
        if (IsField(lower))
            return null;
        foreach (var other in Others)
        {
            if (lower.Contains(other, StringComparison.Ordinal))
                return null;
        }
        foreach (var cue in Cues)
        {
            if (lower.EndsWith(cue, StringComparison.Ordinal))
                return address;
        }
        return null;
    }

    // "To", "Cc" and their like tell of the original mail.
    private static bool IsField(ReadOnlySpan<char> lower) => lower is "to" or "cc" or "bcc" or "from" or "date" or "sender";

    private static bool StartsRecipient(ReadOnlySpan<char> after)
    {
        after = after.TrimStart(">\"').:,; \t]");
        // A sentence that begins with an address is about whom it names: greetings end with a comma and say nothing.
        return after.Length == 0 || !after.StartsWith("wrote", StringComparison.OrdinalIgnoreCase);
    }
}
