using System.Security.Cryptography;
using System.Text;
using Postmill.Adapters.Mail;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Tests.Sync;

public sealed class IncomingMailReaderTests
{
    private static readonly string[] Pieces =
    [
        "From: ", "Subject: ", "Message-ID: <", ">\r\n", "\r\n", "\r\n\r\n", "\n", "\r", "\0", "Content-Type: multipart/mixed; boundary=\"b\"\r\n", "--b\r\n", "--b--\r\n",
        "Content-Type: message/rfc822\r\n\r\n", "Content-Transfer-Encoding: base64\r\n", "=?utf-8?b?4pyT?=", "=?utf-16?q?=D8=00?=", "\u00ed\u00a0\u0080", "AAAA", "filename*0*=x", "begin 644 x\r\n", "@",
    ];

    [Fact]
    public void Any_bytes_become_a_mail_that_the_database_can_hold()
    {
        for (var seed = 0; seed < 1_500; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(0, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            var raw = Encoding.Latin1.GetBytes(text);
            for (var i = 0; i < raw.Length / 10; i++) raw[random.Next(raw.Length)] = (byte)random.Next(256);
            AssertStorable(Read(raw), raw, $"seed {seed}");
        }
    }

    [Fact]
    public void Nul_and_half_surrogates_never_leave_the_reader()
    {
        var raw = Encoding.Latin1.GetBytes("From: =?utf-8?q?a=00b?= <x@example.net>\r\nSubject: =?utf-16be?b?2AAAAA==?= \0\r\nMessage-ID: <a\0b@c>\r\n\r\nbody \0 text\r\n");
        AssertStorable(Read(raw), raw, "nul");
    }

    [Fact]
    public void Message_id_of_any_length_fits_an_index()
    {
        foreach (var letter in new[] { "a", "ü", "密", "🔑" })
        {
            var id = string.Concat(Enumerable.Repeat(letter, 5_000));
            var mail = Read(Encoding.UTF8.GetBytes($"Message-ID: <{id}@example.net>\r\n\r\n"));
            Assert.InRange(Encoding.UTF8.GetByteCount(mail.MessageId ?? ""), 0, 998);
        }

        Assert.Equal("short@example.net", Read("Message-ID: <short@example.net>\r\n\r\n"u8.ToArray()).MessageId);
    }

    [Fact]
    public void Thread_is_named_by_the_first_reference_else_the_parent_else_the_mail_itself()
    {
        Assert.Equal("root@x", Read("Message-ID: <me@x>\r\nReferences: <root@x> <mid@x>\r\nIn-Reply-To: <mid@x>\r\n\r\n"u8.ToArray()).ThreadRoot);
        Assert.Equal("mid@x", Read("Message-ID: <me@x>\r\nIn-Reply-To: <mid@x>\r\n\r\n"u8.ToArray()).ThreadRoot);
        Assert.Equal("me@x", Read("Message-ID: <me@x>\r\n\r\n"u8.ToArray()).ThreadRoot);
        Assert.Null(Read("\r\n"u8.ToArray()).ThreadRoot);
    }

    [Fact]
    public void Parts_are_indexed_by_the_hash_of_what_they_decode_to()
    {
        var raw = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nplain\r\n--b\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.bin\r\n\r\nAAECAw==\r\n--b--\r\n"u8.ToArray();
        var mail = Read(raw);
        Assert.Equal(["1", "2"], mail.Parts.Select(p => p.Path)); // the container has no content of its own
        Assert.Equal(4, mail.Parts[1].Size);
        Assert.Equal(SHA256.HashData([0, 1, 2, 3]), mail.Parts[1].Sha256);
        Assert.Equal("AAECAw==", Encoding.ASCII.GetString(raw, (int)mail.Parts[1].BodyOffset, (int)mail.Parts[1].BodyLength).Trim());
        Assert.True(mail.HasAttachments);
    }

    [Fact]
    public void Messages_nested_a_hundred_deep_are_hashed_within_a_bound_and_said_to_be_cut()
    {
        var text = new StringBuilder();
        for (var level = 0; level < 90; level++) text.Append("Content-Type: message/rfc822\r\n\r\n");
        text.Append("Subject: innermost\r\n\r\n").Append('x', 200_000);
        var mail = Read(Encoding.ASCII.GetBytes(text.ToString()));
        Assert.InRange(mail.Parts.Sum(p => p.BodyLength), 1, 4L * text.Length);
        Assert.Contains(mail.Defects, d => d.Contains("not indexed", StringComparison.Ordinal));
    }

    private static IncomingMail Read(byte[] raw) => IncomingMailReader.Read(1, [], null, raw);

    private static void AssertStorable(IncomingMail mail, byte[] raw, string which)
    {
        Assert.Equal(SHA256.HashData(raw), mail.Sha256);
        Assert.True(mail.Raw.Span.SequenceEqual(raw), which);
        Assert.DoesNotContain(mail.Defects, d => d.StartsWith("unreadable", StringComparison.Ordinal));
        var texts = new[] { mail.MessageId, mail.Subject, mail.Snippet, mail.SearchText }
            .Concat(mail.From.Concat(mail.To).SelectMany(a => new[] { a.Name, a.Email }))
            .Concat(mail.Parts.SelectMany(p => new[] { p.ContentType, p.Charset, p.FileName, p.Disposition, p.ContentId, p.Encoding }));
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        foreach (var text in texts.OfType<string>())
        {
            Assert.True(!text.Contains('\0'), which);
            strict.GetBytes(text); // throws on half a surrogate pair
        }

        Assert.All(mail.Parts, p => Assert.InRange(p.BodyOffset + p.BodyLength, 0, raw.Length));
    }
}
