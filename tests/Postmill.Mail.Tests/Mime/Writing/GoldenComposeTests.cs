using System.Text;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Whole mails, octet for octet.</summary>
public sealed class GoldenComposeTests
{
    private const string Stem = "=_c627412ee3c1b9d356033563";

    [Fact]
    public void A_plain_mail_is_one_part_of_ascii() => AssertIs(
        """
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: Ada Lovelace <ada@example.com>
        To: bob@example.org
        Subject: Notes
        Message-ID: <1@example.com>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Hello Bob

        """,
        Composing.Plain);

    [Fact]
    public void Every_field_stands_in_its_place() => AssertIs(
        """
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: "Lovelace, Ada" <ada@example.com>, "C. Babbage" <charles@example.com>
        Sender: secretary@example.com
        Reply-To: =?utf-8?Q?B=C3=BCro?= <office@xn--bcher-kva.example>
        To: bob@example.org, "a \"b\" \\c" <"quoted local"@example.org>
        Cc: carol@[192.0.2.1]
        Subject: =?utf-8?B?44GT44KT44Gr44Gh44Gv?=
        Message-ID: <1@example.com>
        In-Reply-To: <parent@example.org>
        References: <root@example.org> <parent@example.org>
        List-Unsubscribe: <https://example.com/u/1>, <mailto:u@example.com>
        X-Note: =?utf-8?Q?caf=C3=A9?=
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        caf=C3=A9 ends in a blank=20
        =46rom here a line without end=

        """,
        Composing.Plain with
        {
            From = [new("Lovelace, Ada", "ada@example.com"), new("C. Babbage", "charles@example.com")],
            Sender = new(null, "secretary@example.com"),
            ReplyTo = [new("Büro", "office@bücher.example")],
            To = [new(null, "bob@example.org"), new("a \"b\" \\c", "\"quoted local\"@example.org")],
            Cc = [new(null, "carol@[192.0.2.1]")],
            Subject = "こんにちは",
            InReplyTo = ["<parent@example.org>"],
            References = ["root@example.org", "<parent@example.org>"],
            Headers = [new("List-Unsubscribe", "<https://example.com/u/1>, <mailto:u@example.com>"), new("X-Note", "café")],
            Text = "café ends in a blank \nFrom here a line without end",
        });

    [Fact]
    public void Plain_html_picture_and_file_nest_as_readers_expect() => AssertIs(
        $"""
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: Ada Lovelace <ada@example.com>
        To: bob@example.org
        Subject: Notes
        Message-ID: <1@example.com>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="{Stem}.1"

        --{Stem}.1
        Content-Type: multipart/alternative; boundary="{Stem}.2"

        --{Stem}.2
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Hello
        --{Stem}.2
        Content-Type: multipart/related; type="text/html";
        	boundary="{Stem}.3"

        --{Stem}.3
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: 7bit

        <img src="cid:p@x">
        --{Stem}.3
        Content-Type: image/png; name=p.png
        Content-Transfer-Encoding: base64
        Content-ID: <p@x>
        Content-Disposition: inline; filename=p.png

        iVBORw==

        --{Stem}.3--

        --{Stem}.2--

        --{Stem}.1
        Content-Type: text/csv; charset=iso-8859-1;
         name="=?utf-8?Q?=C3=9Cbersicht_=281=29=2Ecsv?="
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename*=utf-8''%C3%9Cbersicht%20%281%29.csv

        YTtiDQo=

        --{Stem}.1
        Content-Type: message/rfc822; name=old.eml
        Content-Transfer-Encoding: 7bit
        Content-Disposition: attachment; filename=old.eml

        Subject: old

        text

        --{Stem}.1--

        """,
        Composing.Plain with
        {
            Text = "Hello",
            Html = "<img src=\"cid:p@x\">",
            Attachments =
            [
                Composing.File("Übersicht (1).csv", "text/csv; charset=iso-8859-1; name=x", "a;b\r\n"u8.ToArray()),
                Composing.File("../p.png", "image/png", [0x89, 0x50, 0x4E, 0x47]) with { Inline = true, ContentId = "<p@x>" },
                Composing.File("old.eml", "message/rfc822", "Subject: old\r\n\r\ntext\r\n"u8.ToArray()),
            ],
        });

    [Fact]
    public void A_local_part_beyond_ascii_is_the_only_text_that_is_not_encoded() => AssertIs(
        """
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: =?utf-8?Q?J=C3=B6rg?= <jörg@xn--bcher-kva.example>
        To: bob@example.org
        Subject: =?utf-8?Q?=C3=9Cbersicht?=
        Message-ID: <1@example.com>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit

        Hello Bob

        """,
        Composing.Plain with { From = [new("Jörg", "jörg@bücher.example")], Subject = "Übersicht" });

    [Fact]
    public void A_mail_of_nothing_is_an_empty_text() => AssertIs(
        """
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: ada@example.com
        To: bob@example.org
        Message-ID: <1@example.com>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit



        """,
        Composing.Plain with { From = [new(null, "ada@example.com")], Subject = "", Text = null });

    [Fact]
    public void Empty_parts_are_parts() => AssertIs(
        $"""
        Date: Thu, 5 Mar 2026 09:07:03 -0330
        From: Ada Lovelace <ada@example.com>
        To: bob@example.org
        Subject: Notes
        Message-ID: <1@example.com>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="{Stem}.1"

        --{Stem}.1
        Content-Type: multipart/alternative; boundary="{Stem}.2"

        --{Stem}.2
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 7bit


        --{Stem}.2
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: 7bit


        --{Stem}.2--

        --{Stem}.1
        Content-Type: application/octet-stream; name=empty.bin
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename=empty.bin


        --{Stem}.1--

        """,
        Composing.Plain with { Text = "", Html = "", Attachments = [Composing.File("empty.bin", "application/octet-stream", [])] });

    [Fact]
    public void Recipients_may_all_be_hidden() =>
        Assert.Contains("\r\nTo: undisclosed-recipients:;\r\n", Composing.Text(Composing.Plain with { To = [] }), StringComparison.Ordinal);

    private static void AssertIs(string expected, OutgoingMessage message)
    {
        var composed = Composing.Compose(message);
        Assert.Equal(expected.ReplaceLineEndings("\r\n"), Encoding.UTF8.GetString(composed.ToArray()));
        Composing.AssertPassesAnyServer(composed);
    }
}
