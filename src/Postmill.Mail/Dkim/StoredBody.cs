using Kit = MimeKit;

namespace Postmill.Mail.Dkim;

/// <summary>A body for MimeKit to hash: octets as they are stored and sent, nothing written anew.</summary>
internal sealed class StoredBody : Kit.MimeEntity
{
    // MimeKit's filters keep buffers of up to three times what they are given at once.
    private const int PieceBytes = 16 << 10;

    private readonly ReadOnlyMemory<byte> _octets;

    public StoredBody(ReadOnlyMemory<byte> octets)
        : base("application", "octet-stream")
    {
        _octets = octets;
        // The mail's own fields take the place of the one that comes with an entity.
        Headers.Clear();
    }

    public override void Prepare(Kit.EncodingConstraint constraint, int maxLineLength = 78)
    {
        // The octets are what they are.
    }

    public override void WriteTo(Kit.FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        for (var rest = _octets.Span; !rest.IsEmpty; rest = rest[Math.Min(PieceBytes, rest.Length)..])
            stream.Write(rest[..Math.Min(PieceBytes, rest.Length)]);
    }
}
