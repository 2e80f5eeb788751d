using System.Text;
using System.Text.Json;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>Public mail collections (POSTMILL_CORPORA), against the outcomes that lie beside them.</summary>
public sealed class CorporaTests
{
    [CorporaFact]
    public void Every_mail_of_the_collections_keeps_the_invariants()
    {
        var files = new[] { "bounces", "mime/messages", "mime/partial", "mime/yenc", "mime/mbox" }.SelectMany(f => Directory.GetFiles(CorporaFactAttribute.Folder(f))).ToArray();
        Assert.NotEmpty(files);
        foreach (var file in files)
            Invariants.Check(File.ReadAllBytes(file));
    }

    [CorporaFact]
    public void Bounces_have_sender_date_and_text()
    {
        foreach (var file in Directory.GetFiles(CorporaFactAttribute.Folder("bounces"), "*.eml"))
        {
            var mail = MimeMessage.Parse(File.ReadAllBytes(file));
            Assert.True(mail.From.Count > 0 || mail.Headers.First("From") is null or "" or "<>", file);
            Assert.True(mail.Headers.Count > 0, file);
            Assert.True(mail.Snippet(50).Length > 0 || mail.Text is null or "" || mail.Text.All(char.IsWhiteSpace), file);
        }
    }

    [CorporaFact]
    public void Parts_lie_where_the_offsets_beside_the_mboxes_say()
    {
        foreach (var name in new[] { "issue1189", "content-length" })
        {
            var mbox = File.ReadAllBytes(CorporaFactAttribute.Folder($"mime/mbox/{name}.mbox.txt"));
            using var offsets = JsonDocument.Parse(File.ReadAllText(CorporaFactAttribute.Folder($"mime/mbox/{name}.unix-offsets.json")));
            foreach (var message in offsets.RootElement.EnumerateArray())
            {
                var begin = message.GetProperty("beginOffset").GetInt32();
                var mail = MimeMessage.Parse(mbox.AsMemory(begin, message.GetProperty("endOffset").GetInt32() - begin));
                AssertPart(message.GetProperty("body"), mail.Root, mail, begin, $"{name} at {begin}");
            }
        }
    }

    [CorporaFact]
    public void Encoded_files_decode_to_the_files_beside_them()
    {
        AssertDecodes("photo.b64", "base64", "photo.jpg");
        AssertDecodes("photo.uu", "x-uuencode", "photo.jpg");
        AssertDecodes("wikipedia.qp", "quoted-printable", "wikipedia.txt");
    }

    [CorporaFact]
    public void Single_mails_read_as_their_names_say()
    {
        Assert.Equal("日本語メールテスト (testing Japanese emails)", Message("japanese.txt").Subject);
        Assert.Contains("日本語が", Message("japanese.txt").Text!, StringComparison.Ordinal);
        Assert.Equal("This is the text body.", Message("body.1.txt").Text!.TrimEnd());
        Assert.Equal("document.xml.gz", Message("missing-subtype.txt").Root.FileName);
        Assert.Equal(["", "1", "2"], Message("empty-multipart.txt").Parts.Select(p => p.Path));
        Assert.Equal(["", "1", "2"], Message("epilogue.txt").Parts.Select(p => p.Path));
        Assert.InRange(Message("stack-overflow.txt").To.Count, 1, MimeLimits.Default.MaxAddresses);
    }

    private static MimeMessage Message(string name) => MimeMessage.Parse(File.ReadAllBytes(CorporaFactAttribute.Folder("mime/messages/" + name)));

    private static void AssertPart(JsonElement expected, MimePart part, MimeMessage mail, int begin, string where)
    {
        where += " " + part.Path;
        Assert.True(expected.GetProperty("mimeType").GetString()!.Equals(part.ContentType, StringComparison.OrdinalIgnoreCase), $"{where}: {part.ContentType}");
        Assert.True(expected.GetProperty("beginOffset").GetInt32() == begin + part.HeaderOffset, $"{where}: begins at {begin + part.HeaderOffset}");
        // Where the blank line is missing the collection loses the text to the header; here it stays a body.
        var torn = mail.Defects.Any(d => d.Kind == MimeDefectKind.HeaderWithoutBlankLine && d.Offset == part.BodyOffset);
        Assert.True(torn || expected.GetProperty("headersEndOffset").GetInt32() == begin + part.BodyOffset, $"{where}: body at {begin + part.BodyOffset}");
        Assert.True(expected.GetProperty("endOffset").GetInt32() == begin + part.BodyOffset + part.BodyLength, $"{where}: ends at {begin + part.BodyOffset + part.BodyLength}");
        var children = expected.TryGetProperty("children", out var parts) ? parts.EnumerateArray().ToList() : [];
        if (expected.TryGetProperty("message", out var inner))
            children.Add(inner.GetProperty("body"));
        Assert.True(children.Count == part.Children.Count, $"{where}: {part.Children.Count} parts");
        for (var i = 0; i < children.Count; i++)
            AssertPart(children[i], part.Children[i], mail, begin, where);
    }

    private static void AssertDecodes(string encoded, string encoding, string expected)
    {
        var octets = TestMail.Decode(File.ReadAllBytes(CorporaFactAttribute.Folder("mime/encoders/" + encoded)), encoding);
        var wanted = File.ReadAllBytes(CorporaFactAttribute.Folder("mime/encoders/" + expected));
        Assert.True(wanted.AsSpan().TrimEnd("\r\n"u8).SequenceEqual(octets.AsSpan().TrimEnd("\r\n"u8)), encoded + ": " + Encoding.Latin1.GetString(octets.AsSpan(0, Math.Min(60, octets.Length))));
    }
}
