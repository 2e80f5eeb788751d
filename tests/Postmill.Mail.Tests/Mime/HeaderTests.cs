using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 5322, RFC 2047 and hard case 27.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData("=?utf-8?Q?caf=C3=A9?=", "café")]
    [InlineData("=?UTF-8*en?b?Y2Fmw6k=?=", "café")]
    [InlineData("=?iso-8859-1?q?a_b=E9?= tail", "a bé tail")]
    [InlineData("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab")]
    [InlineData("=?utf-8?Q?a?=\n =?utf-8?Q?b?=", "ab")]
    [InlineData("=?utf-8?Q?a?= x =?iso-8859-1?Q?b?=", "a x b")]
    [InlineData("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "aé")]
    [InlineData("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é")]
    [InlineData("=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=", "€")]
    [InlineData("=?utf-8?B?4oI=?= =?utf-8?B?rA?=", "€")]
    [InlineData("=?utf-8?B?Y2Fmw6k?= tail", "café tail")]
    [InlineData("=?iso-8859-1?Q?=80?=", "€")]
    [InlineData("=?us-ascii?Q?=C3=A9?= or =?no.such.charset?Q?=E9?=", "é or é")]
    [InlineData("=?utf-8?Q?a?= =?utf-8?Q?never closed", "a =?utf-8?Q?never closed")]
    [InlineData("=?a b?Q?x?=", "=?a b?Q?x?=")]
    [InlineData("pre=?utf-8?Q?_mid_?=post", "pre mid post")]
    [InlineData("=?utf-8?Q?with blanks inside?=", "with blanks inside")]
    [InlineData("=?utf-8?Q?open =?utf-8?Q?word?=", "open =?utf-8?Q?word")]
    [InlineData("=?utf-8?Q?never closed", "=?utf-8?Q?never closed")]
    [InlineData("=?utf-8?X?what?=", "=?utf-8?X?what?=")]
    [InlineData("=?utf-8?Q?broken=ZZ=?=", "broken=ZZ")]
    [InlineData("=?utf-8?B?!!YW!!Jj?=", "abc")]
    [InlineData("=?nonsense?Q?=C3=A9?=", "é")]
    [InlineData("=?ks_c_5601-1987?B?x9Gx2w==?=", "한글")]
    [InlineData("=?gb2312?B?1tDOxA==?=", "中文")]
    [InlineData("=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語")]
    [InlineData("=?unicode-1-1-utf-7?Q?+AOk-?=", "é")]
    public void Encoded_words_are_read_wherever_and_however_they_stand(string value, string expected) =>
        Assert.Equal(expected, TestMail.WithField("Subject: " + value).Subject);

    [Fact]
    public void Raw_8_bit_fields_are_utf8_else_the_charset_of_the_body_else_windows_1252()
    {
        Assert.Equal("größe", TestMail.WithField("Subject: " + TestMail.Utf8("größe")).Subject);
        Assert.Equal("größe", TestMail.WithField("Subject: größe").Subject);
        Assert.Equal("Привет", TestMail.WithField("Subject: \u00f0\u00d2\u00c9\u00d7\u00c5\u00d4\nContent-Type: text/plain; charset=koi8-r").Subject);
    }

    [Fact]
    public void No_decoded_value_holds_a_nul_or_a_line_end()
    {
        Assert.Equal("a\uFFFDb", TestMail.WithField("Subject: a\0b").Subject);
        Assert.Equal("a\uFFFDb", TestMail.WithField("Subject: =?utf-8?Q?a=00b?=").Subject);
        Assert.Equal("a  Bcc: x", TestMail.WithField("Subject: =?utf-8?Q?a=0D=0ABcc:_x?=").Subject);
        Assert.Equal("one two three", TestMail.WithField("Subject: one\n two\n\tthree").Subject);
        Assert.Equal("a Bcc: x@y.z", MimeMessage.Parse("Subject: a\rBcc: x@y.z\r\nTo: b@c.d\r\n\r\n"u8.ToArray()).Subject);
    }

    [Fact]
    public void Lone_surrogates_are_replaced()
    {
        Assert.Equal("\uFFFD", TestMail.WithField("Subject: =?utf-7?Q?+2AA-?=").Subject);
        Assert.Equal("😀", TestMail.WithField("Subject: =?utf-7?Q?+2D3eAA-?=").Subject);
        Assert.DoesNotContain(TestMail.WithField("Subject: =?utf-16le?B?ANgA2A==?=").Subject!, char.IsSurrogate);
    }

    [Fact]
    public void Fields_are_found_without_case_and_repeated_names_stay_together()
    {
        var headers = TestMail.Parse("X-A: 1\nReceived: r1\nx-a: 2\nRECEIVED: r2\n\n").Headers;
        Assert.Equal("1", headers.First("x-A"));
        Assert.Equal(["r1", "r2"], headers.All("Received"));
        Assert.Null(headers.First("X-B"));
        Assert.Equal(["X-A", "Received"], headers.ToDictionary().Keys);
        Assert.Equal(["1", "2"], headers.ToDictionary()["x-a"]);
        Assert.Equal(4, headers.Fields.Count);
        Assert.Equal(" r1"u8.ToArray(), headers.FirstRaw("received").ToArray());
    }

    [Fact]
    public void More_fields_than_the_limit_are_left_out_and_said_so()
    {
        var mail = TestMail.Parse(string.Concat(Enumerable.Repeat("A: b\n", 5_000)) + "\nbody", new MimeLimits { MaxHeaderFields = 100 });
        Assert.Equal(100, mail.Headers.Count);
        Assert.Equal("body", mail.Text);
        Assert.Contains(mail.Defects, d => d.Kind == MimeDefectKind.HeadersTooLarge);
    }

    [Fact]
    public void Groups_of_a_delivery_status_are_read_one_by_one()
    {
        var groups = MimeHeaders.ParseGroups(TestMail.Octets("Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; x\nStatus: 5.1.1\n\n\nFinal-Recipient: rfc822; y\n"));
        Assert.Equal(3, groups.Count);
        Assert.Equal("5.1.1", groups[1].First("Status"));
        Assert.Equal("rfc822; y", groups[2].First("Final-Recipient"));
    }

    [Theory]
    [InlineData("Message-ID: <a@b>", "a@b")]
    [InlineData("Message-Id:a@b", "a@b")]
    [InlineData("Message-ID: <<a@b>>", "a@b")]
    [InlineData("Message-ID: <a\n @b>", "a@b")]
    [InlineData("Message-ID: <never", "never")]
    [InlineData("Message-ID: ", null)]
    public void A_message_id_is_what_stands_in_the_brackets(string field, string? expected) =>
        Assert.Equal(expected, TestMail.WithField(field).MessageId);

    [Fact]
    public void A_message_id_of_ten_kilobytes_is_cut_at_the_limit() =>
        Assert.Equal(998, TestMail.WithField("Message-ID: <" + new string('x', 10_000) + "@y>").MessageId!.Length);

    [Fact]
    public void References_keep_the_first_ids_and_the_parent()
    {
        var mail = TestMail.Parse("References: " + string.Join("\n ", Enumerable.Range(0, 5_000).Select(i => $"<{i}@x>")) + "\nIn-Reply-To: a@b c@d\n\n");
        Assert.Equal(1_000, mail.References.Count);
        Assert.Equal("0@x", mail.References[0]);
        Assert.Equal("4999@x", mail.References[^1]);
        Assert.Equal(["a@b", "c@d"], mail.InReplyTo);
    }
}
