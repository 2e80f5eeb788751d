using Postmill.Domain.Messages;
using Postmill.Mail.Mime;

namespace Postmill.Adapters.Mail;

/// <summary>The index of a message's parts with the size and hash of their decoded content. Containers (multipart) have no content of their own and are left out.</summary>
internal sealed class PartIndex(MimeMessage message, ReadOnlyMemory<byte> raw)
{
    // Messages nested in messages are hashed once per level; beyond this many times the mail's own size the rest is left out.
    private const int HashingFactor = 4;

    public IReadOnlyList<string> Defects { get; private set; } = [];

    public IReadOnlyList<IncomingPart> Read()
    {
        var parts = new List<IncomingPart>();
        var budget = Math.Max(raw.Length, 4096L) * HashingFactor;
        using var content = new ContentHash();
        for (var ordinal = 0; ordinal < message.Parts.Count; ordinal++)
        {
            var part = message.Parts[ordinal];
            if (part.IsMultipart) continue;
            budget -= part.BodyLength;
            if (budget < 0)
            {
                Defects = [$"parts from {part.Path} on are not indexed: nested too deep"];
                break;
            }

            MimeContent.Decode(raw.Span.Slice((int)part.BodyOffset, (int)part.BodyLength), part.Encoding, content);
            var (size, sha256) = content.Take();
            parts.Add(new IncomingPart(
                ordinal, part.Path, part.ContentType, part.Charset, part.Encoding, part.FileName, part.Disposition, part.ContentId,
                part.BodyOffset, part.BodyLength, size, sha256));
        }

        return parts;
    }
}
