using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Generators of mails: any script, awkward lengths, and what an attacker would try.</summary>
internal static class OutgoingMails
{
    private static readonly string[] Bits =
    [
        "a", "b c", "  ", " ", "é", "ß", "Ω", "漢字", "😀", "👩‍👩‍👧", "ﷺ", "=?", "?=", "=?utf-8?Q?x?=", "\"", "\\",
        "(", ")", ",", ";", ":", "<", ">", "@", "=", "_", ".", "'", "%41",
        "\uD800", "\u00AD", "\u202E", "\u0085", "\u2028", new('w', 70), new('x', 90), new('漢', 40), "x y z x y z x y z x y z x y z x y z x y z",
    ];

    private static readonly string[] BodyBits =
    [
        .. Bits, "\n", "\r\n", "\r", "\n\n", "\t", " \n", "\t\r\n", "From ", "\nFrom ", ".", "\n.\n",
        "\n..", "--", "\n--=_", "\0", "\a", new('l', 1_100), new('é', 600), "<p>&amp;</p>",
    ];

    private static readonly string[] Attacks =
    [
        "\r\nBcc: evil@example.net", "\nX-Evil: 1", "\r\n\r\n<script>", "\0", "\u001f", "\t", "a\rb",
        "\u007f", "Bcc: x", ": x", "\u0085Bcc: x", "\u2028Bcc: x", "x\u010ABcc: y", "\u560d\u560aBcc: x",
        "=?utf-8?Q?=0D=0ABcc:_x?=", "\"\r\nBcc: x\"", "a@b.c\r\nBcc: x@y.z",
        "a@b.c>, <evil@example.net", "a@b.c, evil@example.net", "x; name=\"\r\nBcc: x\"", "--=_\r\n", "x@\r\n.y",
    ];

    public static Gen<OutgoingMessage> Valid => Mail(Cut(Text(Bits, 30), 900), Text(BodyBits, 60), Address, Cut(Text(Bits, 8), 200));

    public static Gen<OutgoingMessage> Hostile
    {
        get
        {
            var hostile = Gen.Frequency((3, Text(Bits, 4)), (1, Text([.. Attacks, "x", "é"], 3)));
            return
                from mail in Mail(hostile, Text(BodyBits, 4), Gen.Frequency((6, Address), (1, hostile)), hostile)
                from id in hostile
                from value in hostile
                from name in Gen.Elements([.. Attacks, "X-Good", "bcc"])
                from place in Gen.Choose(0, 5)
                select place switch
                {
                    0 => mail with { MessageId = id },
                    1 => mail with { References = [.. mail.References, id] },
                    2 => mail with { InReplyTo = [id] },
                    3 => mail with { Headers = [.. mail.Headers, new MimeHeaderField(name, value)] },
                    4 => mail with { Attachments = [.. mail.Attachments, Composing.File(value, id, [1, 2, 3])] },
                    _ => mail with { Attachments = [.. mail.Attachments, Composing.File(id, "text/plain", [1]) with { ContentId = value, Inline = true }] },
                };
        }
    }

    /// <summary>Addresses of every character that may be in one, and some that may not.</summary>
    public static Gen<string> AwkwardAddress =>
        from atoms in Text([.. "!#$%&'*+-/=?^_`{|}~aZ9.é漢".Select(c => c.ToString()), "=?utf-8?Q?x?=", "😀"], 12)
        from inside in Text([.. " !#$%&'()*+,-./:;<=>?@[]^_`{|}~aZ9é".Select(c => c.ToString()), "\\\\", "\\\"", "..", "😀"], 12)
        from quoted in Gen.Elements(true, false)
        from domain in Gen.Elements("example.com", "EXAMPLE.org", "a", "a_b.example", "1.2.3", "xn--bcher-kva.example", "[192.0.2.7]", "[IPv6:2001:db8::1]", "[IPv6:::1]", "x-y.z")
        select $"{(quoted ? $"\"{inside}\"" : atoms)}@{domain}";

    private static Gen<string> Address =>
        from local in Gen.Elements("a", "first.last", "x+tag", "\"a b\"", "\"a,b<c\"", "o'neil", "{curly}", "jörg", "δοκιμή")
        from domain in Gen.Elements("example.com", "EXAMPLE.org", "bücher.example", "例え.テスト", "localhost", "[192.0.2.7]", "a-b.example")
        select $"{local}@{domain}";

    private static Gen<OutgoingMessage> Mail(Gen<string> line, Gen<string> body, Gen<string> address, Gen<string> name)
    {
        var mailboxes = Several(address.SelectMany(a => Maybe(name).Select(n => new MailAddress(n, a))), 4);
        return
            from author in address.SelectMany(a => name.Select(n => new MailAddress(n, a)))
            from to in mailboxes
            from cc in mailboxes
            from replyTo in mailboxes
            from subject in line
            from text in Maybe(body)
            from html in Maybe(body)
            from files in Several(File(name), 3)
            from ids in Several(Gen.Elements("1@x", "a.b$c@example.com", "CAF+x=_y@mail.example", new string('i', 200) + "@example.com"), 5)
            from notes in Several(line.Where(value => value.Trim(' ').Length > 0), 2)
            from minutes in Gen.Choose(-56, 56)
            select new OutgoingMessage
            {
                From = [author],
                To = to,
                Cc = cc,
                ReplyTo = replyTo,
                Subject = subject,
                Date = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(minutes * 15)),
                MessageId = "made@example.com",
                InReplyTo = [.. ids.Take(1)],
                References = ids,
                Text = text,
                Html = html,
                Attachments = files,
                Headers = [.. notes.Select((value, i) => new MimeHeaderField($"X-Note-{i}", value))],
            };
    }

    // A text that is inline would be shown as text, and read as text.
    private static Gen<OutgoingAttachment> File(Gen<string> name) =>
        from fileName in Maybe(name)
        from type in Gen.Elements("application/pdf", "image/png", "text/plain", "text/html", "message/rfc822", "application/octet-stream")
        from noise in Gen.Choose(0, 300).SelectMany(n => Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(n))
        from content in Gen.Elements(noise, "Subject: x\r\n\r\nbody\r\n"u8.ToArray())
        from id in Gen.Elements(null, "part1@x", "two")
        from inline in Gen.Elements(true, false)
        select new OutgoingAttachment(OutgoingContent.Of(content))
        {
            FileName = fileName,
            ContentType = type,
            ContentId = id,
            Inline = inline && !type.StartsWith("text/", StringComparison.Ordinal),
        };

    private static Gen<string> Cut(Gen<string> drawn, int most) => drawn.Select(text => text.Length > most ? text[..most] : text);

    private static Gen<string> Text(string[] bits, int most) =>
        Gen.Choose(0, most).SelectMany(n => Gen.Elements(bits).ArrayOf(n)).Select(chosen => string.Concat(chosen));

    private static Gen<T[]> Several<T>(Gen<T> one, int most) => Gen.Choose(0, most).SelectMany(n => one.ArrayOf(n));

    private static Gen<string?> Maybe(Gen<string> text) => Gen.OneOf(text.Select(t => (string?)t), Gen.Constant((string?)null));
}
