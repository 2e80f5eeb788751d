using System.Buffers;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>What holds for every mail, however broken.</summary>
internal static class Invariants
{
    /// <summary>Reads everything there is to read and checks that it is bounded, storable and within the mail's octets.</summary>
    public static MimeMessage Check(byte[] raw)
    {
        var mail = MimeMessage.Parse(raw);
        CheckMessage(mail);
        foreach (var part in mail.Parts)
            CheckPart(part, raw);
        Assert.Equal(mail.Parts.Count, mail.Parts.Select(p => p.Path).Distinct().Count());
        Assert.InRange(mail.Parts.Count, 1, MimeLimits.Default.MaxParts);
        Assert.InRange(mail.Defects.Count, 0, MimeLimits.Default.MaxDefects);
        return mail;
    }

    private static void CheckMessage(MimeMessage mail)
    {
        Storable.Assert(mail.Subject);
        Storable.Assert(mail.MessageId);
        Storable.Assert(mail.Text);
        Storable.Assert(mail.Html);
        foreach (var text in mail.References.Concat(mail.InReplyTo))
            Storable.Assert(text);
        foreach (var address in new[] { mail.From, mail.Sender, mail.To, mail.Cc, mail.Bcc, mail.ReplyTo }.SelectMany(a => a))
        {
            Storable.Assert(address.Name);
            Storable.Assert(address.Address);
            Assert.DoesNotContain('\n', address.Name ?? "");
            Assert.DoesNotContain('\n', address.Address);
        }
        var snippet = mail.Snippet(120);
        Storable.Assert(snippet);
        Assert.InRange(snippet.Length, 0, 120);
        var search = mail.SearchText(1_000);
        Storable.Assert(search);
        Assert.InRange(search.Length, 0, 1_000);
        Assert.True(mail.Date is null || mail.Date.Value.UtcTicks >= 0);
        Assert.Equal(mail.HasAttachments, mail.Parts.Any(p => p.IsAttachment && !LiesInMessage(p)));
    }

    private static bool LiesInMessage(MimePart part)
    {
        for (var above = part.Parent; above is not null; above = above.Parent)
        {
            if (!above.IsMultipart)
                return true;
        }
        return false;
    }

    private static void CheckPart(MimePart part, byte[] raw)
    {
        Assert.InRange(part.HeaderOffset, part.Parent?.BodyOffset ?? 0, raw.Length);
        Assert.InRange(part.HeaderLength, 0, raw.Length);
        Assert.Equal(part.HeaderOffset + part.HeaderLength, part.BodyOffset);
        Assert.InRange(part.BodyLength, 0, raw.Length);
        Assert.InRange(part.BodyOffset + part.BodyLength, 0, part.Parent is { } parent ? parent.BodyOffset + parent.BodyLength : raw.Length);
        foreach (var text in new[] { part.ContentType, part.Charset, part.Encoding, part.FileName, part.Disposition, part.ContentId, part.Path })
            Storable.Assert(text);
        Assert.DoesNotContain('/', part.FileName ?? "");
        Assert.DoesNotContain('\\', part.FileName ?? "");
        foreach (var (name, value) in part.Parameters)
        {
            Storable.Assert(name);
            Storable.Assert(value);
        }
        foreach (var field in part.Headers.Fields)
        {
            Storable.Assert(field.Name);
            Storable.Assert(field.Value);
            Assert.Equal(-1, field.Value.AsSpan().IndexOfAny('\r', '\n'));
        }
        var decoded = new ArrayBufferWriter<byte>();
        MimeContent.Decode(part.Body.Span, part.Encoding, decoded);
        Storable.Assert(MimeContent.DecodeText(decoded.WrittenSpan, part.Charset));
    }
}
