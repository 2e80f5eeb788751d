namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>A mail as the server gave it.</summary>
/// <param name="Length">Octets that are really there.</param>
public sealed record StoredRaw(Guid EmailId, string? Subject, ReadOnlyMemory<byte> Sha256, long Length);
