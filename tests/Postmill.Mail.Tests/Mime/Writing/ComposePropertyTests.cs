using FsCheck;
using FsCheck.Fluent;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Mails drawn by FsCheck: what our own reader makes of a composed mail is what went in, and nothing in a value can begin a field of its own.</summary>
public sealed class ComposePropertyTests
{
    [Fact]
    public void What_is_composed_reads_back_as_it_was() => Check(400, OutgoingMails.Valid, message =>
    {
        var composed = Composing.Compose(message);
        Composing.AssertPassesAnyServer(composed);
        ReadBack.AssertSame(message, MimeMessage.Parse(composed.ToArray()));
    });

    [Fact]
    public void A_stream_gets_the_octets_an_array_has() => Check(60, OutgoingMails.Valid, message =>
    {
        var composed = Composing.Compose(message);
        var streamed = Composing.Compose(message with { Attachments = [.. message.Attachments.Select(Opened)] });
        using var written = new MemoryStream();
        var writing = streamed.WriteToAsync(written, default);
        Assert.True(writing.IsCompletedSuccessfully);
        Assert.Equal(streamed.Length, written.Length);
        if (!message.Attachments.Any(a => a.ContentType.StartsWith("message/", StringComparison.Ordinal)))
            Assert.Equal(composed.ToArray(), written.ToArray());
    });

    [Fact]
    public void A_header_line_beyond_78_columns_has_no_place_for_a_fold() => Check(400, OutgoingMails.Valid, message =>
    {
        // RFC 6532 section 3.4: characters, not octets.
        var mail = Composing.Text(message);
        foreach (var line in mail[..mail.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n"))
        {
            var value = line[0] is ' ' or '\t' ? line : line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            Assert.True(line.Length <= (line.Contains("=?", StringComparison.Ordinal) ? 76 : 78) || !value.Trim(' ', '\t').Contains(' '), line);
            Assert.False(line.Length == 0 || line[^1] is ' ' or '\t', line);
        }
    });

    [Fact]
    public void No_text_begins_a_field_of_its_own() => Check(600, OutgoingMails.Hostile, message =>
    {
        if (!MessageComposer.TryCompose(message, out var composed, out var refusal))
        {
            Assert.NotEmpty(refusal.Reason);
            return;
        }
        Composing.AssertPassesAnyServer(composed);
        var mail = MimeMessage.Parse(composed.ToArray());
        string[] written = ["Date", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version",
            "Content-Type", "Content-Transfer-Encoding", "Content-ID", "Content-Disposition"];
        var allowed = written.Concat(message.Headers.Select(h => h.Name)).ToHashSet(StringComparer.Ordinal);
        Assert.All(mail.Headers.Fields.Concat(mail.Parts.SelectMany(p => p.Headers.Fields)), f => Assert.Contains(f.Name, allowed));
        Assert.All(mail.Headers.Fields.GroupBy(f => f.Name).Where(g => written.Contains(g.Key)), g => Assert.Single(g));
        Assert.False(mail.Headers.Contains("Bcc"));
        Assert.Equal(message.Attachments.Count, mail.Parts.Count(p => p.Disposition is not null));
    });

    [Fact]
    public void Every_address_that_is_taken_is_written_as_it_is() => Check(600, OutgoingMails.AwkwardAddress.Select(address => Composing.Plain with { To = [new(null, address)] }), message =>
    {
        if (!AddrSpec.TryParse(message.To[0].Address, out var address))
            return;
        Assert.Contains($"\r\nTo: {address}\r\n", Composing.Text(message), StringComparison.Ordinal);
        Assert.Contains($"<{address}>\r\n", Composing.Text(message with { To = [message.To[0] with { Name = "Bob" }] }), StringComparison.Ordinal);
    });

    private static OutgoingAttachment Opened(OutgoingAttachment attachment) => attachment with
    {
        Content = OutgoingContent.From(attachment.Content.Length, _ => ValueTask.FromResult<Stream>(new MemoryStream(attachment.Content.Octets.ToArray()))),
    };

    private static void Check(int mails, Gen<OutgoingMessage> drawn, Action<OutgoingMessage> holds) =>
        Prop.ForAll(Arb.From(drawn), holds).Check(Drawn.Cases(mails));
}
