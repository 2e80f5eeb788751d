using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 2046 section 5.1 and hard case 29.</summary>
public sealed class StructureTests
{
    private const string Mixed = """
        Content-Type: multipart/mixed; boundary=b

        preamble
        --b

        one
        --b
        Content-Type: text/html

        <p>two</p>
        --b--
        epilogue
        """;

    [Fact]
    public void Parts_of_a_multipart_are_listed_depth_first_with_their_octets()
    {
        var mail = TestMail.Parse(Mixed);
        Assert.Equal(["", "1", "2"], mail.Parts.Select(p => p.Path));
        Assert.Equal(["multipart/mixed", "text/plain", "text/html"], mail.Parts.Select(p => p.ContentType));
        Assert.Equal("one", TestMail.Decoded(mail.Parts[1]));
        Assert.Equal("<p>two</p>", TestMail.Decoded(mail.Parts[2]));
        Assert.StartsWith("preamble", TestMail.Decoded(mail.Root), StringComparison.Ordinal);
        Assert.Empty(mail.Defects);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Line_ends_of_any_kind_give_the_same_parts(string lineEnd)
    {
        var mail = MimeMessage.Parse(System.Text.Encoding.Latin1.GetBytes(Mixed.ReplaceLineEndings(lineEnd)));
        Assert.Equal(3, mail.Parts.Count);
        Assert.Equal("one", TestMail.Decoded(mail.Parts[1]));
        Assert.Equal("<p>two</p>", mail.Html!.Split("</pre>\n")[1]);
    }

    [Fact]
    public void A_mail_without_parts_is_section_1()
    {
        var mail = TestMail.Parse("Subject: x\n\nhello\n");
        Assert.Equal("1", Assert.Single(mail.Parts).Path);
        Assert.Equal("hello\n", mail.Text);
    }

    [Fact]
    public void Sections_of_an_enclosed_message_are_numbered_as_IMAP_does()
    {
        // The tree of RFC 3501 section 6.4.5, cut down.
        var mail = TestMail.Parse("""
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: text/plain

            1
            --a
            Content-Type: message/rfc822

            Subject: inner
            Content-Type: multipart/mixed; boundary=b

            --b

            2.1
            --b
            Content-Type: message/rfc822

            Subject: innermost

            2.2.1
            --b--
            --a
            Content-Type: multipart/alternative; boundary=c

            --c

            3.1
            --c--
            --a--
            """);
        Assert.Equal(["", "1", "2", "2.TEXT", "2.1", "2.2", "2.2.1", "3", "3.1"], mail.Parts.Select(p => p.Path));
        foreach (var leaf in mail.Parts.Where(p => p.Children.Count == 0))
            Assert.Equal(leaf.Path, TestMail.Decoded(leaf));
        Assert.Equal("inner", mail.Parts[3].Headers.First("Subject"));
        Assert.Equal("1\n3.1", mail.Text);
    }

    [Fact]
    public void An_outer_boundary_ends_inner_parts_that_are_not_closed()
    {
        var mail = TestMail.Parse("""
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: multipart/mixed; boundary=b

            --b

            inner
            --a

            outer
            --a--
            """);
        Assert.Equal(["", "1", "1.1", "2"], mail.Parts.Select(p => p.Path));
        Assert.Equal("inner", TestMail.Decoded(mail.Parts[2]));
        Assert.Equal("outer", TestMail.Decoded(mail.Parts[3]));
        Assert.Contains(mail.Defects, d => d.Kind == MimeDefectKind.BoundaryNotClosed);
    }

    [Fact]
    public void A_boundary_that_is_the_prefix_of_another_does_not_match_it()
    {
        var mail = TestMail.Parse("""
            Content-Type: multipart/mixed; boundary=foo

            --foo
            Content-Type: multipart/mixed; boundary=foobar

            --foobar

            inner
            --foobar--
            --foo

            outer
            --foo--
            """);
        Assert.Equal(["", "1", "1.1", "2"], mail.Parts.Select(p => p.Path));
        Assert.Empty(mail.Defects);
    }

    [Fact]
    public void One_boundary_used_on_two_levels_closes_the_inner_one_first()
    {
        var mail = TestMail.Parse("""
            Content-Type: multipart/mixed; boundary=x

            --x
            Content-Type: multipart/alternative; boundary=x

            --x

            inner
            --x--

            --x

            outer
            --x--
            """);
        Assert.Equal(["", "1", "1.1", "2"], mail.Parts.Select(p => p.Path));
    }

    [Fact]
    public void A_multipart_that_is_never_closed_keeps_its_last_part()
    {
        var mail = TestMail.Parse("Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n\ntwo");
        Assert.Equal("two", TestMail.Decoded(mail.Parts[2]));
        Assert.Equal(MimeDefectKind.BoundaryNotClosed, Assert.Single(mail.Defects).Kind);
    }

    [Fact]
    public void A_multipart_without_boundary_parameter_is_divided_by_the_boundary_it_uses()
    {
        var mail = TestMail.Parse("Content-Type: multipart/mixed\n\n--zz\nContent-Type: text/plain\n\none\n--zz\nContent-Type: text/html\n\ntwo\n--zz--\n");
        Assert.Equal(["", "1", "2"], mail.Parts.Select(p => p.Path));
    }

    [Fact]
    public void A_multipart_whose_boundary_never_occurs_is_shown_as_text()
    {
        var mail = TestMail.Parse("Content-Type: multipart/mixed; boundary=x\n\njust text\n");
        Assert.Single(mail.Parts);
        Assert.Equal("just text\n", mail.Text);
        Assert.Equal(MimeDefectKind.BoundaryNotFound, Assert.Single(mail.Defects).Kind);
    }

    [Fact]
    public void A_header_block_without_blank_line_ends_where_text_begins()
    {
        var mail = TestMail.Parse("From: a@b.c\nSubject: x\nDear reader,\nthis is text.\n");
        Assert.Equal("x", mail.Subject);
        Assert.Equal("Dear reader,\nthis is text.\n", mail.Text);
    }

    [Fact]
    public void A_header_line_without_colon_is_passed_over()
    {
        var mail = TestMail.Parse("From: a@b.c\nno colon here\nSubject : x\n\nbody");
        Assert.Equal("x", mail.Subject);
        Assert.Equal("body", mail.Text);
        Assert.Equal(MimeDefectKind.HeaderWithoutColon, Assert.Single(mail.Defects).Kind);
    }

    [Fact]
    public void An_mbox_marker_and_a_byte_order_mark_are_no_fields()
    {
        Assert.Equal("x", TestMail.Parse("From a@b.c Mon Jan  1 00:00:00 2024\nSubject: x\n\n").Subject);
        Assert.Equal("x", TestMail.Parse(TestMail.Utf8("\uFEFF") + "Subject: x\n\n").Subject);
    }

    [Fact]
    public void A_digest_holds_messages_by_default()
    {
        var mail = TestMail.Parse("Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: one\n\nfirst\n--x\n\nSubject: two\n\nsecond\n--x--\n");
        Assert.Equal(["", "1", "1.1", "2", "2.1"], mail.Parts.Select(p => p.Path));
        Assert.Equal("two", mail.Parts[4].Headers.First("Subject"));
        Assert.False(mail.HasAttachments);
    }

    [Fact]
    public void Ten_thousand_parts_are_listed_up_to_the_limit()
    {
        var text = "Content-Type: multipart/mixed; boundary=x\n\n" + string.Concat(Enumerable.Repeat("--x\n\npart\n", 10_000)) + "--x--\n";
        var mail = TestMail.Parse(text);
        Assert.Equal(MimeLimits.Default.MaxParts, mail.Parts.Count);
        Assert.Equal(MimeDefectKind.TooManyParts, Assert.Single(mail.Defects).Kind);
        Assert.Equal(10_000, TestMail.Parse(text, new MimeLimits { MaxParts = 20_000 }).Parts.Count - 1);
    }

    [Fact]
    public void A_thousand_messages_in_one_another_stop_at_the_limit()
    {
        var mail = TestMail.Parse(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\n\n", 1_000)) + "Subject: core\n\nx");
        Assert.Equal(MimeLimits.Default.MaxDepth + 1, mail.Parts.Count);
        Assert.Contains(mail.Defects, d => d.Kind == MimeDefectKind.NestingTooDeep);
        Assert.True(mail.Parts[^1].BodyLength > 0);
    }

    [Fact]
    public void A_thousand_multiparts_in_one_another_stop_at_the_limit()
    {
        var text = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n"));
        Assert.Equal(MimeLimits.Default.MaxDepth + 1, TestMail.Parse(text + "\ncore").Parts.Count);
    }

    [Fact]
    public void An_encoded_enclosed_message_stays_closed()
    {
        var mail = TestMail.Parse("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQo=\n");
        Assert.Single(mail.Parts);
        Assert.Equal("Subject: x\r\n\r\n", TestMail.Decoded(mail.Root));
        Assert.Equal(MimeDefectKind.EncodedMessage, Assert.Single(mail.Defects).Kind);
    }

    [Theory]
    [InlineData("application/ms-tnef; name=winmail.dat", "application/ms-tnef")]
    [InlineData("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "application/pkcs7-mime")]
    [InlineData("message/partial; number=2; total=3; id=\"x@y\"", "message/partial")]
    [InlineData("message/external-body; access-type=local-file", "message/external-body")]
    public void Opaque_kinds_are_kept_as_they_are(string contentType, string expected)
    {
        var mail = TestMail.Parse($"Content-Type: {contentType}\n\nbytes\n");
        Assert.Equal(expected, Assert.Single(mail.Parts).ContentType);
        Assert.Equal("bytes\r\n", TestMail.Decoded(mail.Root));
    }

    [Fact]
    public void Nothing_at_all_is_a_mail_too()
    {
        var mail = MimeMessage.Parse(default);
        Assert.Equal("text/plain", mail.Root.ContentType);
        Assert.Equal("", mail.Text);
        Assert.Null(mail.Subject);
        Assert.Null(mail.Date);
        Assert.Empty(mail.From);
    }
}
