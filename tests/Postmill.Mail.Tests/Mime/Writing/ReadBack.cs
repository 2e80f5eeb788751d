using System.Buffers;
using System.Text;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Compares what was composed with what our reader makes of it.</summary>
internal static class ReadBack
{
    public static void AssertSame(OutgoingMessage message, MimeMessage mail)
    {
        Assert.Equal(Whole(message.Subject), mail.Subject ?? "");
        Assert.Equal(message.MessageId, mail.MessageId);
        Assert.Equal(message.Date, mail.Date);
        Assert.Equal(message.References, mail.References);
        Assert.Equal(message.InReplyTo, mail.InReplyTo);
        Assert.Equal(message.From.Select(Expected), mail.From);
        Assert.Equal(message.To.Select(Expected), mail.To);
        Assert.Equal(message.Cc.Select(Expected), mail.Cc);
        Assert.Equal(message.ReplyTo.Select(Expected), mail.ReplyTo);
        Assert.Empty(mail.Bcc);
        var isBare = message.Text is null && message.Html is null && message.Attachments.Count == 0;
        AssertText(isBare ? "" : message.Text, mail.Text);
        if (message.Html is not null || message.Text is null)
            AssertText(message.Html, mail.Html);
        AssertAttachments(message, mail);
        foreach (var header in message.Headers)
            Assert.Contains(Whole(header.Value), mail.Headers.All(header.Name));
    }

    private static void AssertAttachments(OutgoingMessage message, MimeMessage mail)
    {
        var files = mail.Parts.Where(p => p.Disposition is not null).ToList();
        Assert.Equal(message.Attachments.Count, files.Count);
        // Pictures of the HTML stand before files; within each kind the order is kept.
        var expected = message.Attachments.OrderBy(a => message.Html is not null && a is { Inline: true, ContentId: not null } ? 0 : 1).ToList();
        foreach (var (file, part) in expected.Zip(files))
        {
            Assert.Equal(file.FileName is null ? null : Name(file.FileName), part.FileName);
            Assert.Equal(file.ContentId, part.ContentId);
            Assert.Equal(file.Inline ? "inline" : "attachment", part.Disposition);
            Assert.Contains(part.ContentType, file.ContentType == "message/rfc822" ? [file.ContentType, "application/octet-stream"] : new[] { file.ContentType });
            var decoded = new ArrayBufferWriter<byte>();
            MimeContent.Decode(part.Body.Span, part.Encoding, decoded);
            Assert.True(file.Content.Octets.Span.SequenceEqual(decoded.WrittenSpan));
        }
    }

    private static string Name(string name) => FileNames.Safe(StorableText.Of(name), MimeLimits.Default) ?? "attachment";

    // A text whose last line has no end may get one.
    private static void AssertText(string? expected, string? actual)
    {
        if (expected is null || actual is null)
        {
            Assert.Equal(expected is null, string.IsNullOrEmpty(actual));
            return;
        }
        expected = FlowedText.Lines(StorableText.Of(expected));
        actual = FlowedText.Lines(actual);
        Assert.True(actual == expected || actual == expected + "\n", $"expected {expected.Length} characters «{expected}», read {actual.Length} «{actual}»");
    }

    private static MailAddress Expected(MailAddress mailbox)
    {
        Assert.True(AddrSpec.TryParse(mailbox.Address, out var address));
        var name = mailbox.Name is null ? null : Whole(mailbox.Name.Trim()).Trim();
        return new MailAddress(string.IsNullOrEmpty(name) ? null : name, address.ToString());
    }

    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
