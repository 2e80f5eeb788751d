namespace Postmill.Domain.Messages;

/// <summary>One MIME part as an index over the raw bytes: where its body lies, how it is encoded, what it decodes to.</summary>
/// <param name="Path">Section number as in RFC 3501 BODY[section].</param>
/// <param name="Size">Decoded octets.</param>
/// <param name="Sha256">Of the decoded octets.</param>
public sealed record IncomingPart(
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
    byte[] Sha256);
