using System.Buffers;
using System.Text;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Encodings, folds and boundaries one by one.</summary>
public sealed class ComposeShapeTests
{
    [Theory]
    [InlineData("plain\n", "7bit")]
    [InlineData("tab\tand tilde ~\n", "7bit")]
    [InlineData("un café, s'il vous plaît\n", "quoted-printable")]
    [InlineData("From the start\n", "quoted-printable")]
    [InlineData("bell \a\n", "quoted-printable")]
    [InlineData("こんにちは\n", "base64")]
    public void A_text_is_encoded_no_more_than_it_needs(string text, string encoding)
    {
        var padded = encoding == "base64" ? text : text + "some more words so that one character weighs little";
        Assert.Equal(encoding, Composing.ReadBack(Composing.Plain with { Text = padded }).Root.Encoding);
    }

    [Fact]
    public void A_line_of_998_goes_as_it_is_and_one_of_999_does_not()
    {
        Assert.Equal("7bit", Composing.ReadBack(Composing.Plain with { Text = new string('x', 998) }).Root.Encoding);
        Assert.Equal("quoted-printable", Composing.ReadBack(Composing.Plain with { Text = new string('x', 999) }).Root.Encoding);
    }

    [Fact]
    public void Header_lines_stay_within_78_columns()
    {
        var mail = Composing.Plain with
        {
            Subject = string.Join(' ', Enumerable.Repeat("several  words", 30)),
            To = [.. Enumerable.Range(0, 60).Select(i => new MailAddress($"Recipient, Number {i}", $"recipient{i}@example.com"))],
            Cc = [new(string.Concat(Enumerable.Repeat("Ἀριστοτέλης ", 12)), "a@example.com")],
            References = [.. Enumerable.Range(0, 40).Select(i => $"{i}.abcdef@example.com")],
            Headers = [new("X-Long", string.Concat(Enumerable.Repeat("ünï cödé ", 30)))],
            Attachments =
            [
                Composing.File(string.Concat(Enumerable.Repeat("ファイル", 30)) + ".pdf", "application/pdf; x-one=two; x-three=four; x-five=\"six seven eight nine\"", [1]),
            ],
        };
        var composed = Composing.Compose(mail);
        Assert.All(Encoding.ASCII.GetString(composed.ToArray()).Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        ReadBack.AssertSame(mail with { Attachments = [] }, MimeMessage.Parse(Composing.Compose(mail with { Attachments = [] }).ToArray()));
        Assert.Equal(mail.Attachments[0].FileName, MimeMessage.Parse(composed.ToArray()).Parts[2].FileName);
    }

    [Theory]
    [InlineData("report.pdf")]
    [InlineData("two words (1).pdf")]
    [InlineData("a;b=c,d.pdf")]
    [InlineData("quote\".pdf")]
    [InlineData("=?utf-8?Q?x?=.pdf")]
    [InlineData("100%41.pdf")]
    [InlineData("Rechnung März.pdf")]
    [InlineData("請求書.pdf")]
    [InlineData("請求書請求書請求書請求書請求書請求書請求書請求書請求書請求書請求書請求書.pdf")]
    [InlineData("😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀.pdf")]
    [InlineData("a_plain_name_that_is_longer_than_a_line_may_be_but_that_every_reader_must_show_as_it_is.pdf")]
    public void A_file_has_the_name_it_was_given(string name)
    {
        var composed = Composing.Compose(Composing.Plain with { Attachments = [Composing.File(name, "application/pdf", [1])] });
        Composing.AssertPassesAnyServer(composed);
        Assert.Equal(name, MimeMessage.Parse(composed.ToArray()).Parts[2].FileName);
    }

    [Theory]
    [InlineData("Rechnung März.pdf", "filename*=utf-8''Rechnung%20M%C3%A4rz.pdf", "name=\"=?utf-8?Q?Rechnung_M=C3=A4rz=2Epdf?=\"")]
    [InlineData("請求書.pdf", "filename*=utf-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf", "name=\"=?utf-8?B?6KuL5rGC5pu4LnBkZg==?=\"")]
    [InlineData("a b.pdf", "filename=\"a b.pdf\"", "name=\"a b.pdf\"")]
    public void A_name_beyond_ascii_has_no_plain_form_beside_it(string name, string disposition, string type)
    {
        var text = Composing.Text(Composing.Plain with { Attachments = [Composing.File(name, "application/pdf", [1])] }).Replace("\r\n ", " ", StringComparison.Ordinal);
        Assert.Contains($"Content-Disposition: attachment; {disposition}\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"Content-Type: application/pdf; {type}\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a'b'c.pdf")]
    [InlineData("*star*.pdf")]
    [InlineData("100%.pdf")]
    public void A_name_that_a_reader_could_take_for_rfc_2231_is_quoted(string name)
    {
        var text = Composing.Text(Composing.Plain with { Attachments = [Composing.File(name, "application/pdf", [1])] });
        Assert.Contains($"Content-Type: application/pdf; name=\"{name}\"\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"Content-Disposition: attachment; filename=\"{name}\"\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_line_can_hold_is_cut_between_characters()
    {
        var name = string.Concat(Enumerable.Repeat("é漢😀", 60)) + ".pdf";
        var text = Composing.Text(Composing.Plain with { Attachments = [Composing.File(name, "application/pdf", [1])] });
        var segments = text.Split("\r\n").Where(line => line.StartsWith(" filename*", StringComparison.Ordinal)).Select(line => line.Split('=', 2)[1].Trim(';')).ToList();
        Assert.True(segments.Count > 10);
        var each = segments.Select((segment, i) => Uri.UnescapeDataString(i == 0 ? segment["utf-8''".Length..] : segment)).ToList();
        Assert.All(each, part => Assert.DoesNotContain('\uFFFD', part));
        Assert.Equal(name, string.Concat(each));
    }

    [Theory]
    [InlineData(300, "as it is")]
    [InlineData(900, "as it is")]
    [InlineData(901, "encoded")]
    public void A_token_longer_than_a_line_of_78_is_not_encoded_as_long_as_a_line_may_hold_it(int length, string written)
    {
        var token = new string('t', length);
        var mail = Composing.Plain with { Headers = [new("X-Token", $"of {token} end"), new(new string('N', 76), token)] };
        var composed = Composing.Compose(mail);
        Composing.AssertPassesAnyServer(composed);
        Assert.Equal(written == "as it is", Encoding.ASCII.GetString(composed.ToArray()).Contains($"\r\nX-Token: of\r\n {token}\r\n end\r\n", StringComparison.Ordinal));
        ReadBack.AssertSame(mail, MimeMessage.Parse(composed.ToArray()));
    }

    [Theory]
    [InlineData(2, 60)]
    [InlineData(2, 80)]
    [InlineData(200, 1)]
    public void Blanks_come_through_folds(int blanks, int letters)
    {
        var mail = Composing.Plain with { Subject = $"a{new string(' ', blanks)}{new string('b', letters)} c" };
        var composed = Composing.Compose(mail);
        ReadBack.AssertSame(mail, MimeMessage.Parse(composed.ToArray()));
        Assert.All(Encoding.ASCII.GetString(composed.ToArray()).Split("\r\n"), line => Assert.False(line.Length > 78 || line.EndsWith(' '), line));
    }

    [Theory]
    [InlineData("one two, ")]
    [InlineData("one two ")]
    [InlineData("\"a\" ")]
    [InlineData("\\")]
    public void A_line_with_a_name_stays_within_78_columns(string bit)
    {
        foreach (var length in Enumerable.Range(50, 40))
        {
            var name = string.Concat(Enumerable.Repeat(bit, length))[..length].Trim();
            var mail = Composing.Plain with { ReplyTo = [new(name, "a@example.com"), new(name, "b@example.com")] };
            var octets = Composing.Compose(mail).ToArray();
            ReadBack.AssertSame(mail, MimeMessage.Parse(octets));
            Assert.All(Encoding.ASCII.GetString(octets).Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        }
    }

    [Fact]
    public void Encoded_words_tear_no_word_of_a_name()
    {
        var text = Composing.Text(Composing.Plain with { To = [new("Константин Константинович Константинова", "k@example.com")] });
        string[] words = ["Константин ", "Константинович ", "Константинова"];
        var encoded = words.Select(word => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(word))}?=");
        Assert.Contains($"To: {string.Join(' ', encoded.Take(1))}\r\n", text, StringComparison.Ordinal);
        Assert.All(encoded, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public void List_unsubscribe_stays_on_one_line()
    {
        var value = $"<https://example.com/{new string('u', 300)}>, <mailto:unsubscribe@example.com?subject={new string('s', 100)}>";
        Assert.Contains($"\r\nList-Unsubscribe: {value}\r\n", Composing.Text(Composing.Plain with { Headers = [new("List-Unsubscribe", value)] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_encoded_word_decodes_by_itself()
    {
        var subject = string.Concat(Enumerable.Range(0, 220).Select(i => "aé漢😀"[(i % 4)..].EnumerateRunes().First().ToString()));
        var header = Composing.Text(Composing.Plain with { Subject = subject });
        var words = header.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith("=?", StringComparison.Ordinal)).ToList();
        Assert.True(words.Count > 5);
        Assert.All(words, word => Assert.InRange(word.Length, 1, 75));
        var each = words.Select(word => MimeMessage.Parse(Encoding.ASCII.GetBytes($"Subject: {word}\r\n\r\n")).Subject).ToList();
        Assert.All(each, text => Assert.DoesNotContain('\uFFFD', text!));
        Assert.Equal(subject, string.Concat(each));
    }

    [Fact]
    public void Of_a_long_thread_the_root_and_the_latest_are_named()
    {
        var ids = Enumerable.Range(0, 500).Select(i => $"{i}@example.com").ToArray();
        Assert.Equal(["0@example.com", .. ids[401..]], Composing.ReadBack(Composing.Plain with { References = ids }).References);
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody", "message/rfc822")]
    [InlineData("Subject: \u00E9\r\n\r\nbody\r\n", "application/octet-stream")]
    [InlineData("Subject: x\n\nbody\n", "application/octet-stream")]
    public void An_enclosed_message_goes_unencoded_or_not_as_a_message(string content, string type)
    {
        var octets = Encoding.Latin1.GetBytes(content);
        var mail = Composing.ReadBack(Composing.Plain with { Attachments = [Composing.File("old.eml", "message/rfc822", octets)] });
        var part = mail.Parts.Single(p => p.FileName == "old.eml");
        Assert.Equal(type, part.ContentType);
        var decoded = new ArrayBufferWriter<byte>();
        MimeContent.Decode(part.Body.Span, part.Encoding, decoded);
        Assert.Equal(octets, decoded.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_boundary_that_a_text_knows_is_not_used()
    {
        var message = Composing.Plain with { Html = "<p>" };
        var boundary = MimeMessage.Parse(Composing.Compose(message).ToArray()).Root.Parameters["boundary"];
        var guessed = Composing.ReadBack(message with { Text = $"--{boundary}\n\nnot a part\n--{boundary}--\n" });
        Assert.NotEqual(boundary, guessed.Root.Parameters["boundary"]);
        Assert.Equal(3, guessed.Parts.Count);
    }

    [Fact]
    public void The_same_value_makes_the_same_octets()
    {
        var file = Composing.File("a.png", "image/png", [1]) with { Inline = true };
        var mail = Composing.Plain with { Html = "<p>", Attachments = [file, file with { ContentId = "a@x" }] };
        Assert.Equal(Composing.Compose(mail).ToArray(), Composing.Compose(mail).ToArray());
    }

    [Theory]
    [InlineData(99_999)]
    [InlineData(100_001)]
    public async Task A_content_of_another_length_than_it_said_is_not_a_mail(int given)
    {
        var content = OutgoingContent.From(100_000, _ => ValueTask.FromResult<Stream>(new MemoryStream(new byte[given])));
        var composed = Composing.Compose(Composing.Plain with { Attachments = [new OutgoingAttachment(content)] });
        Assert.False(composed.IsInMemory);
        Assert.Throws<InvalidOperationException>(() => composed.ToArray());
        await Assert.ThrowsAsync<InvalidDataException>(() => composed.WriteToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_large_content_is_encoded_in_pieces_without_a_copy_of_it()
    {
        var octets = new byte[25 << 20];
        new Random(1).NextBytes(octets);
        var composed = Composing.Compose(Composing.Plain with { Attachments = [Composing.File("large.bin", "application/octet-stream", octets)] });
        await composed.WriteToAsync(Stream.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await composed.WriteToAsync(Stream.Null);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        var written = composed.ToArray();
        Assert.Equal(composed.Length, written.Length);
        var decoded = new ArrayBufferWriter<byte>(octets.Length);
        var part = MimeMessage.Parse(written).Parts[2];
        MimeContent.Decode(part.Body.Span, part.Encoding, decoded);
        Assert.True(decoded.WrittenSpan.SequenceEqual(octets));
    }
}
