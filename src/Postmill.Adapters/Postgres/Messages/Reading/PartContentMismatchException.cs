namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>What a part decodes to is not what its index entry says: the stored bytes or the index are damaged.</summary>
public sealed class PartContentMismatchException(StoredPart part)
    : IOException($"part {part.Ordinal} of message {part.EmailId} does not decode to the octets of its index entry");
