using System.Globalization;
using System.Text;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>
/// A record as a mail (RFC 5322; header fields in UTF-8 as RFC 6532 has them), so that its body, its parts and its words are read as any mail's are. It is kept and never
/// sent. The caller has refused control characters in every field of the header.
/// </summary>
internal static class RecordBytes
{
    public static byte[] Of(Guid id, EmailRecord record, string messageId, DateTimeOffset date)
    {
        var mail = new StringBuilder();
        Field(mail, "Message-ID", $"<{messageId}>");
        Field(mail, "Date", date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture));
        Field(mail, "From", record.From);
        Field(mail, "To", record.To);
        Field(mail, "Cc", record.Cc);
        Field(mail, "Bcc", record.Bcc);
        Field(mail, "Reply-To", record.ReplyTo);
        if (record.Subject is { Length: > 0 } subject) Field(mail, "Subject", subject);
        // Two records of the same words are two mails: content tells mails apart.
        Field(mail, "X-Postmill-Record", id.ToString());
        Field(mail, "MIME-Version", "1.0");
        Body(mail, record, $"=_{id:N}");
        return Encoding.UTF8.GetBytes(mail.ToString());
    }

    private static void Body(StringBuilder mail, EmailRecord record, string boundary)
    {
        if (record is not { Text: { } text, Html: { } html })
        {
            Part(mail, record.Html is null ? "plain" : "html", record.Html ?? record.Text ?? "");
            return;
        }

        Field(mail, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        mail.Append("\r\n--").Append(boundary).Append("\r\n");
        Part(mail, "plain", text);
        mail.Append("\r\n--").Append(boundary).Append("\r\n");
        Part(mail, "html", html);
        mail.Append("\r\n--").Append(boundary).Append("--\r\n");
    }

    private static void Part(StringBuilder mail, string subtype, string content)
    {
        Field(mail, "Content-Type", $"text/{subtype}; charset=utf-8");
        Field(mail, "Content-Transfer-Encoding", "base64");
        mail.Append("\r\n").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes(content), Base64FormattingOptions.InsertLineBreaks)).Append("\r\n");
    }

    private static void Field(StringBuilder mail, string name, IReadOnlyList<MailAddressValue> addresses)
    {
        if (addresses.Count > 0) Field(mail, name, string.Join(",\r\n ", addresses.Select(Mailbox)));
    }

    private static string Mailbox(MailAddressValue address)
    {
        if (string.IsNullOrEmpty(address.Name)) return address.Email;
        var name = address.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{name}\" <{address.Email}>";
    }

    private static void Field(StringBuilder mail, string name, string value) => mail.Append(name).Append(": ").Append(value).Append("\r\n");
}
