using System.Text;
using System.Text.Json;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>
/// Amazon SES notices that come by mail: JSON in the text, possibly with the notice as a string inside, and line ends where the mail was wrapped.
/// </summary>
internal static class NotificationReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = ReportLimits.MaxJsonDepth };

    public static MailReport? Read(MimeMessage mail, ReportSign signs)
    {
        if ((signs & ReportSign.Notification) == 0 || mail.Text is not { } text)
            return null;
        try
        {
            return Notice(text, 0);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON after all, or a string of half a surrogate pair: an ordinary mail of that sender.
            return null;
        }
    }

    private static MailReport? Notice(string text, int depth)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0 || depth > 1)
            return null;
        var json = string.Concat(text[start..Math.Min(text.Length, start + ReportLimits.MaxPartBytes)].Split('\r', '\n'));
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        if (!JsonDocument.TryParseValue(ref reader, out var document))
            return null;
        using (document)
        {
            var root = document.RootElement;
            if (Text(root, "Message") is { } inner && inner.Contains('{', StringComparison.Ordinal))
                return Notice(inner, depth + 1);
            return (Text(root, "notificationType") ?? Text(root, "eventType")) switch
            {
                "Bounce" => Bounce(root),
                "Complaint" => Complaint(root),
                "Delivery" => Delivery(root),
                _ => null,
            };
        }
    }

    private static MailReport? Bounce(JsonElement root)
    {
        if (Object(root, "bounce") is not { } bounce)
            return null;
        var permanent = Text(bounce, "bounceType") is "Permanent";
        var recipients = Items(bounce, "bouncedRecipients").Select(r => Bounced(r, permanent)).OfType<RecipientReport>().ToList();
        return recipients.Count == 0 ? null : new MailReport { Kind = MailReportKind.Bounce, Recipients = recipients, Original = Original(root) };
    }

    private static RecipientReport? Bounced(JsonElement recipient, bool permanent)
    {
        if (ReportAddress.OfField(Text(recipient, "emailAddress")) is not { } address)
            return null;
        var code = Text(recipient, "diagnosticCode") ?? "";
        var diagnostic = code[(code.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();
        var evidence = new BounceEvidence(diagnostic, diagnostic, "", "") { ReportedStatus = ReplyCodes.StatusField(Text(recipient, "status")) };
        var judged = evidence.Judge(address, DeliveryAction.Failed);
        return judged.Reason == BounceReason.Undefined && permanent ? judged with { Reason = BounceReason.UserUnknown, IsHard = true } : judged;
    }

    private static MailReport? Complaint(JsonElement root)
    {
        if (Object(root, "complaint") is not { } complaint)
            return null;
        var recipients = Items(complaint, "complainedRecipients").Select(r => ReportAddress.OfField(Text(r, "emailAddress"))).OfType<string>()
            .Select(a => new RecipientReport { Address = a, Action = DeliveryAction.Delivered, Reason = BounceReason.Feedback });
        var type = ReportSigns.Lower(Text(complaint, "complaintFeedbackType"));
        type = type.Length is 0 or > 60 ? "abuse" : type;
        return new MailReport { Kind = MailReportKind.Complaint, FeedbackType = type, Recipients = [.. recipients], Original = Original(root) };
    }

    private static MailReport? Delivery(JsonElement root)
    {
        if (Object(root, "delivery") is not { } delivery || !delivery.TryGetProperty("recipients", out var list) || list.ValueKind != JsonValueKind.Array)
            return null;
        var recipients = list.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Take(ReportLimits.MaxRecipients)
            .Select(r => ReportAddress.OfField(r.GetString())).OfType<string>()
            .Select(a => new RecipientReport { Address = a, Action = DeliveryAction.Delivered });
        return new MailReport { Kind = MailReportKind.DeliveryNotice, Recipients = [.. recipients], Original = Original(root) };
    }

    private static OriginalMail Original(JsonElement root)
    {
        if (Object(root, "mail") is not { } mail)
            return OriginalMail.Unknown;
        var headers = Object(mail, "commonHeaders");
        var ids = new[] { headers is { } h ? Text(h, "messageId") : null, Text(mail, "messageId") };
        return new OriginalMail
        {
            MessageIds = [.. ids.OfType<string>().Select(Id).Where(i => i.Length > 0).Distinct()],
            From = ReportAddress.OfField(Text(mail, "source")),
            Subject = headers is { } c && Text(c, "subject") is { } subject ? StorableText.Cut(subject, ReportLimits.MaxDiagnosticChars) : null,
        };
    }

    private static string Id(string text) => StorableText.Cut(text.Trim('<', '>', ' '), MimeLimits.Default.MaxIdentifierChars);

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Take(ReportLimits.MaxRecipients) : [];

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? StorableText.Of(value.GetString()!) : null;
}
