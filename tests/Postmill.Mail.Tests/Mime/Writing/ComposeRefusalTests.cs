using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>What is not written, and which field is to blame; hard case 35.</summary>
public sealed class ComposeRefusalTests
{
    public static TheoryData<string> Injections => ["a\r\nBcc: x@y.z", "a\nb", "a\rb", "a\0b", "a\tb", "a\u001Bb", "a\u007Fb"];

    [Theory]
    [MemberData(nameof(Injections))]
    public void A_control_character_is_refused_with_the_name_of_its_field(string text)
    {
        var plain = Composing.Plain;
        var file = Composing.File("a.txt", "text/plain", []);
        AssertRefused(OutgoingField.From, 0, plain with { From = [new(text, "a@b.c")] });
        AssertRefused(OutgoingField.From, 0, plain with { From = [new(null, text + "@b.c")] });
        AssertRefused(OutgoingField.Sender, null, plain with { Sender = new(text, "a@b.c") });
        AssertRefused(OutgoingField.To, 1, plain with { To = [new(null, "a@b.c"), new(null, "a@" + text)] });
        AssertRefused(OutgoingField.Cc, 0, plain with { Cc = [new(text, "a@b.c")] });
        AssertRefused(OutgoingField.ReplyTo, 0, plain with { ReplyTo = [new(null, $"\"{text}\"@b.c")] });
        AssertRefused(OutgoingField.Subject, null, plain with { Subject = text });
        AssertRefused(OutgoingField.MessageId, null, plain with { MessageId = text });
        AssertRefused(OutgoingField.InReplyTo, 0, plain with { InReplyTo = [$"<{text}>"] });
        AssertRefused(OutgoingField.References, 1, plain with { References = ["a@b", text] });
        AssertRefused(OutgoingField.Attachments, 0, plain with { Attachments = [file with { FileName = text }] });
        AssertRefused(OutgoingField.Attachments, 0, plain with { Attachments = [file with { ContentId = text }] });
        AssertRefused(OutgoingField.Attachments, 1, plain with { Attachments = [file, file with { ContentType = "text/plain; x=\"" + text + "\"" }] });
        AssertRefused(OutgoingField.Headers, 0, plain with { Headers = [new(text, "x")] });
        AssertRefused(OutgoingField.Headers, 0, plain with { Headers = [new("X-Note", text)] });
    }

    [Theory]
    [InlineData("From")]
    [InlineData("bcc")]
    [InlineData("SUBJECT")]
    [InlineData("Message-Id")]
    [InlineData("Content-Type")]
    [InlineData("content-anything")]
    [InlineData("DKIM-Signature")]
    [InlineData("Received")]
    [InlineData("Return-Path")]
    [InlineData("Resent-To")]
    [InlineData("MIME-Version")]
    [InlineData("")]
    [InlineData("X Note")]
    [InlineData("X-Note:")]
    [InlineData("X-Nöte")]
    public void A_header_that_is_not_the_callers_is_refused(string name) =>
        AssertRefused(OutgoingField.Headers, 0, Composing.Plain with { Headers = [new(name, "x")] });

    [Theory]
    [InlineData("List-Unsubscribe", "<https://example.com/u>")]
    [InlineData("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    [InlineData("Auto-Submitted", "auto-generated")]
    [InlineData("Importance", "high")]
    [InlineData("X-Mailer", "Postmill")]
    [InlineData("Disposition-Notification-To", "a@b.c")]
    public void A_header_that_is_the_callers_is_written(string name, string value) =>
        Assert.Equal(value, Composing.ReadBack(Composing.Plain with { Headers = [new(name, value)] }).Headers.First(name));

    [Theory]
    [InlineData("List-Unsubscribe", "<https://example.com/ü>")]
    [InlineData("Auto-Submitted", "é")]
    [InlineData("X-Empty", "")]
    [InlineData("X-Blank", "  ")]
    public void A_value_that_cannot_stand_there_is_refused(string name, string value) =>
        AssertRefused(OutgoingField.Headers, 0, Composing.Plain with { Headers = [new(name, value)] });

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("text/")]
    [InlineData("text/plain;")]
    [InlineData("text/plain; charset")]
    [InlineData("text/plain; charset=\"utf-8")]
    [InlineData("text/plain, text/html")]
    [InlineData("text /plain")]
    [InlineData("multipart/mixed")]
    [InlineData("Multipart/Mixed; boundary=x")]
    [InlineData("téxt/plain")]
    public void Only_a_media_type_is_one(string type)
    {
        var message = Composing.Plain with { Attachments = [Composing.File("a", type, [])] };
        if (type is "text/plain;")
            Composing.Compose(message);
        else
            AssertRefused(OutgoingField.Attachments, 0, message);
    }

    [Fact]
    public void Bounds_are_told_with_their_field()
    {
        var plain = Composing.Plain;
        var file = Composing.File("a", "text/plain", []);
        AssertRefused(OutgoingField.From, null, plain with { From = [] });
        AssertRefused(OutgoingField.Sender, null, plain with { From = [.. plain.From, .. plain.To] });
        AssertRefused(OutgoingField.Subject, null, plain with { Subject = new string('x', 999) });
        AssertRefused(OutgoingField.To, null, plain with { To = [.. Enumerable.Repeat(new MailAddress(null, "a@b.c"), 1_001)] });
        AssertRefused(OutgoingField.Cc, 0, plain with { Cc = [new(new string('n', 257), "a@b.c")] });
        AssertRefused(OutgoingField.MessageId, null, plain with { MessageId = "" });
        AssertRefused(OutgoingField.Headers, null, plain with { Headers = [.. Enumerable.Repeat(new MimeHeaderField("X-A", "b"), 51)] });
        AssertRefused(OutgoingField.Headers, 0, plain with { Headers = [new("List-Help", new string('x', 990))] });
        AssertRefused(OutgoingField.Attachments, null, plain with { Attachments = [.. Enumerable.Repeat(file, 101)] });
        AssertRefused(OutgoingField.Attachments, 0, plain with { Attachments = [file with { FileName = new string('x', 256) }] });
    }

    [Fact]
    public void What_is_too_large_says_so()
    {
        var small = OutgoingLimits.Default with { MessageBytes = 10_000, TextBytes = 2_000 };
        AssertTooLarge(OutgoingField.Text, Composing.Plain with { Text = new string('é', 1_001) }, small);
        AssertTooLarge(OutgoingField.Attachments, Composing.Plain with { Attachments = [Composing.File("a", "a/b", new byte[10_001])] }, small);
        AssertTooLarge(OutgoingField.Message, Composing.Plain with { Attachments = [Composing.File("a", "a/b", new byte[8_000])] }, small);
        var unread = new OutgoingAttachment(OutgoingContent.From(long.MaxValue, _ => throw new InvalidOperationException("opened")));
        AssertTooLarge(OutgoingField.Attachments, Composing.Plain with { Attachments = [unread, unread] }, OutgoingLimits.Default);
    }

    private static void AssertTooLarge(OutgoingField field, OutgoingMessage message, OutgoingLimits limits)
    {
        var refusal = Composing.Refusal(message, limits);
        Assert.Equal((field, true), (refusal.Field, refusal.TooLarge));
    }

    private static void AssertRefused(OutgoingField field, int? index, OutgoingMessage message)
    {
        var refusal = Composing.Refusal(message);
        Assert.Equal((field, index, false), (refusal.Field, refusal.Index, refusal.TooLarge));
        Assert.DoesNotContain(refusal.Reason, char.IsControl);
    }
}
