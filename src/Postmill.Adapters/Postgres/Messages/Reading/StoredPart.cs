namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>One entity of a mail: an index entry over the raw bytes.</summary>
/// <param name="Encoding">Content-Transfer-Encoding.</param>
/// <param name="Size">Decoded octets; <paramref name="Sha256"/> is over the same.</param>
public sealed record StoredPart(
    Guid EmailId,
    int Ordinal,
    string Path,
    string ContentType,
    string? Charset,
    string Encoding,
    string? FileName,
    string? Disposition,
    string? ContentId,
    long BodyOffset,
    long BodyLength,
    long Size,
    ReadOnlyMemory<byte> Sha256)
{
    /// <summary>Whether the index entry points to octets that are there.</summary>
    public bool LiesIn(StoredRaw raw) => BodyOffset >= 0 && BodyLength >= 0 && BodyOffset <= raw.Length - BodyLength;
}
