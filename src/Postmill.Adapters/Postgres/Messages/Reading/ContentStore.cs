using System.Security.Cryptography;
using Npgsql;
using Postmill.Mail.Mime;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Bytes of stored mail as streams with bounded memory. They are read asynchronously only, and hold no connection while they wait.</summary>
public sealed class ContentStore(NpgsqlDataSource database)
{
    private static readonly byte[] Nothing = SHA256.HashData([]);

    public Stream OpenRaw(StoredRaw raw) => new RawStream(database, raw.EmailId, 0, raw.Length);

    /// <summary>
    /// The decoded octets; null when the index entry points outside the mail. Small parts are checked before; a large one that is read whole fails at
    /// its end if its octets are not those of the index.
    /// </summary>
    /// <exception cref="PartContentMismatchException">The octets are not those of the index.</exception>
    public async Task<Stream?> OpenPartAsync(StoredRaw raw, StoredPart part, CancellationToken cancellationToken)
    {
        if (!part.LiesIn(raw)) return null;
        if (part.Size == 0) await CheckEmptyAsync(part, cancellationToken);
        else if (part.Size <= ReadingLimits.CheckedFirstBytes) await CheckAsync(part, cancellationToken);
        return new DecodedPartStream(part, () => Encoded(part));
    }

    private RawStream Encoded(StoredPart part) => new(database, part.EmailId, part.BodyOffset, part.BodyLength);

    private async Task CheckAsync(StoredPart part, CancellationToken cancellationToken)
    {
        await using var content = new DecodedPartStream(part, () => Encoded(part));
        await content.CopyToAsync(Stream.Null, cancellationToken);
    }

    private async Task CheckEmptyAsync(StoredPart part, CancellationToken cancellationToken)
    {
        await using var content = MimeContent.OpenDecoded(Encoded(part), part.Encoding);
        var octets = await content.ReadAsync(new byte[1], cancellationToken);
        if (octets > 0 || !part.Sha256.Span.SequenceEqual(Nothing)) throw new PartContentMismatchException(part);
    }
}
