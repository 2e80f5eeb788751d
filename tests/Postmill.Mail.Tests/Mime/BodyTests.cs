namespace Postmill.Mail.Tests.Mime;

/// <summary>What a reader shows: RFC 8621 section 4.1.4, RFC 3676, and what a person calls an attachment.</summary>
public sealed class BodyTests
{
    [Fact]
    public void Alternatives_give_both_readings()
    {
        var mail = TestMail.Parse(Multipart("alternative", ("text/plain", "plain"), ("text/html", "<p>rich</p>"), ("text/calendar", "BEGIN")));
        Assert.Equal("plain", mail.Text);
        Assert.Equal("<p>rich</p>", mail.Html);
        Assert.False(mail.HasAttachments);
    }

    [Fact]
    public void A_mail_of_html_only_has_no_text_and_the_other_way_round()
    {
        Assert.Null(TestMail.Parse("Content-Type: text/html\n\n<p>x</p>").Text);
        Assert.Equal("<p>x</p>", TestMail.Parse("Content-Type: text/html\n\n<p>x</p>").Html);
        Assert.Null(TestMail.Parse("Content-Type: text/plain\n\nx").Html);
        Assert.Null(TestMail.Parse("Content-Type: application/pdf\n\nx").Text);
    }

    [Fact]
    public void Several_text_parts_are_joined_and_named_ones_are_attachments()
    {
        var mail = TestMail.Parse(Multipart("mixed", ("text/plain", "body"), ("text/plain; name=notes.txt", "notes"), ("text/plain", "footer")));
        Assert.Equal("body\nfooter", mail.Text);
        Assert.Equal(["notes.txt"], mail.Parts.Where(p => p.IsAttachment).Select(p => p.FileName));
    }

    [Fact]
    public void A_plain_footer_under_html_is_in_both_readings()
    {
        var mail = TestMail.Parse(Multipart("mixed", ("text/html", "<p>rich</p>"), ("text/plain", "a < b")));
        Assert.Equal("rich\na < b", mail.Text);
        Assert.Contains("a &lt; b", mail.Html!, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_an_html_text_refers_to_are_no_attachments()
    {
        var mail = TestMail.Parse(Multipart("related", ("text/html", "<img src=cid:x>"), ("image/png; name=x.png\nContent-ID: <x>", "png")));
        Assert.False(mail.HasAttachments);
        Assert.Equal("x", mail.Parts[2].ContentId);
    }

    [Theory]
    [InlineData("application/pdf; name=x.pdf", true)]
    [InlineData("application/pdf", true)]
    [InlineData("image/jpeg; name=photo.jpg\nContent-Disposition: inline", true)]
    [InlineData("image/jpeg; name=photo.jpg\nContent-Disposition: inline\nContent-ID: <y>", false)]
    [InlineData("text/plain\nContent-Disposition: attachment", true)]
    [InlineData("text/calendar; name=invite.ics", true)]
    [InlineData("message/rfc822", true)]
    [InlineData("application/ms-tnef; name=winmail.dat", true)]
    [InlineData("text/html", false)]
    public void An_attachment_is_what_a_person_calls_one(string contentType, bool expected)
    {
        var mail = TestMail.Parse(Multipart("mixed", ("text/plain", "body"), (contentType, "Subject: x\n\nother")));
        Assert.Equal(expected, mail.HasAttachments);
        Assert.Equal(expected, mail.Parts[2].IsAttachment);
    }

    [Fact]
    public void Signatures_and_reports_are_no_attachments()
    {
        Assert.False(TestMail.Parse(Multipart("signed", ("text/plain", "x"), ("application/pgp-signature; name=signature.asc", "sig"))).HasAttachments);
        Assert.False(TestMail.Parse(Multipart("signed", ("text/plain", "x"), ("application/pkcs7-signature; name=smime.p7s\nContent-Disposition: attachment", "sig"))).HasAttachments);
        Assert.False(TestMail.Parse(Multipart("report", ("text/plain", "x"), ("message/delivery-status", "Reporting-MTA: x"), ("message/rfc822", "Subject: y\n\nz"))).HasAttachments);
    }

    [Fact]
    public void Enclosed_messages_stay_out_of_the_body()
    {
        var mail = TestMail.Parse(Multipart("mixed", ("text/plain", "cover"), ("message/rfc822", "Subject: inner\n\nsecret")));
        Assert.Equal("cover", mail.Text);
        Assert.DoesNotContain("secret", mail.SearchText(1_000), StringComparison.Ordinal);
    }

    [Fact]
    public void Related_names_its_root_by_start()
    {
        var mail = TestMail.Parse(Multipart("related; start=\"<r>\"", ("image/png\nContent-ID: <i>", "png"), ("text/html\nContent-ID: <r>", "<p>root</p>")));
        Assert.Equal("<p>root</p>", mail.Html);
    }

    [Fact]
    public void Flowed_lines_are_joined()
    {
        var field = "Content-Type: text/plain; format=flowed";
        Assert.Equal("one two\nthree\n", TestMail.Parse(field + "\n\none \ntwo\nthree\n").Text);
        Assert.Equal("onetwo\n", TestMail.Parse(field + "; delsp=yes\n\none \ntwo\n").Text);
        Assert.Equal("> one two\n>> deep\n", TestMail.Parse(field + "\n\n> one \n> two\n>> deep\n").Text);
        Assert.Equal("> quoted \nmine\n-- \nme\n", TestMail.Parse(field + "\n\n> quoted \nmine\n-- \nme\n").Text);
        Assert.Equal("From here\n", TestMail.Parse(field + "\n\n From here\n").Text);
    }

    [Fact]
    public void Encoded_bodies_are_decoded_in_their_charset()
    {
        var mail = TestMail.Parse("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9=\n!\n");
        Assert.Equal("café!\n", mail.Text);
    }

    [Fact]
    public void A_snippet_is_one_line_of_visible_words()
    {
        Assert.Equal("Hello wor", TestMail.Parse("Subject: x\n\n Hello\n\n\tworld").Snippet(9));
        Assert.Equal("Deal of the day now", TestMail.Parse("Content-Type: text/html\n\n<title>T</title><p>Deal of the&nbsp;day&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;</p><p>now").Snippet(100));
        Assert.Equal("from html", TestMail.Parse(Multipart("alternative", ("text/plain", " \n"), ("text/html", "<b>from</b> html"))).Snippet(100));
        Assert.Equal("", TestMail.Parse("Content-Type: image/png\n\nx").Snippet(100));
        Assert.Equal("a", TestMail.Parse("Content-Type: text/plain; charset=utf-8\n\n" + TestMail.Utf8("a😀")).Snippet(2).TrimEnd('\uFFFD'));
    }

    [Fact]
    public void Search_text_holds_body_and_attachment_names_within_its_bound()
    {
        var mail = TestMail.Parse(Multipart("mixed", ("text/plain", "needle"), ("application/pdf; name=contract.pdf", "x")));
        Assert.Equal("needle\ncontract.pdf", mail.SearchText(1_000));
        var long1 = TestMail.Parse(Multipart("mixed", ("text/plain", new string('x', 5_000)), ("application/pdf; name=contract.pdf", "x"))).SearchText(100);
        Assert.Equal(100, long1.Length + 1);
        Assert.EndsWith("contract.pdf", long1, StringComparison.Ordinal);
    }

    private static string Multipart(string subtype, params (string ContentType, string Body)[] parts) =>
        $"Content-Type: multipart/{subtype}; boundary=\"=_b\"\n\n"
        + string.Concat(parts.Select(p => $"--=_b\nContent-Type: {p.ContentType}\n\n{p.Body}\n")) + "--=_b--\n";
}
