using System.Text;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>A plain mail to vary, and what tests do with it.</summary>
internal static class Composing
{
    public static readonly DateTimeOffset Written = new(2026, 3, 5, 9, 7, 3, TimeSpan.FromHours(-3.5));

    public static OutgoingMessage Plain { get; } = new()
    {
        From = [new("Ada Lovelace", "ada@example.com")],
        To = [new(null, "bob@example.org")],
        Subject = "Notes",
        Date = Written,
        MessageId = "1@example.com",
        Text = "Hello Bob\n",
    };

    public static ComposedMessage Compose(OutgoingMessage message, OutgoingLimits? limits = null)
    {
        Assert.True(MessageComposer.TryCompose(message, out var composed, out var refusal, limits), refusal?.ToString());
        return composed;
    }

    public static OutgoingRefusal Refusal(OutgoingMessage message, OutgoingLimits? limits = null)
    {
        Assert.False(MessageComposer.TryCompose(message, out _, out var refusal, limits), "was composed");
        return refusal;
    }

    public static string Text(OutgoingMessage message) => Encoding.UTF8.GetString(Compose(message).ToArray());

    public static MimeMessage ReadBack(OutgoingMessage message) => MimeMessage.Parse(Compose(message).ToArray());

    public static OutgoingAttachment File(string name, string type, byte[] octets) => new(OutgoingContent.Of(octets)) { FileName = name, ContentType = type };

    /// <summary>What every composed mail keeps to, whatever is in it.</summary>
    public static void AssertPassesAnyServer(ComposedMessage mail)
    {
        var octets = mail.ToArray();
        Assert.Equal(mail.Length, octets.Length);
        Assert.True(octets.AsSpan().EndsWith("\r\n"u8));
        foreach (var line in Encoding.Latin1.GetString(octets).Split("\r\n"))
        {
            Assert.InRange(line.Length, 0, 998);
            Assert.DoesNotContain('\r', line);
            Assert.DoesNotContain('\n', line);
            Assert.DoesNotContain('\0', line);
            Assert.True(mail.NeedsUtf8 || Ascii.IsValid(line), line);
        }
        var parsed = MimeMessage.Parse(octets);
        Assert.DoesNotContain(parsed.Defects, defect => !IsOfAttachedMail(parsed, defect));
    }

    /// <summary>A mail that is attached goes out as it is, with the defects it has.</summary>
    private static bool IsOfAttachedMail(MimeMessage mail, MimeDefect defect) => mail.Parts.Any(part =>
        part.ContentType == "message/rfc822" && defect.Offset >= part.BodyOffset && defect.Offset <= part.BodyOffset + part.BodyLength);
}
