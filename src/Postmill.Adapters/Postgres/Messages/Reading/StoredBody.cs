namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>A mail as a person reads it.</summary>
/// <param name="Text">Plain text; null when the mail has none.</param>
/// <param name="Html">As the sender wrote it: hostile until it is cleaned; null when the mail has none.</param>
/// <param name="Headers">Decoded values by name (first spelling), repeated fields together, in the order of the mail.</param>
public sealed record StoredBody(string? Text, string? Html, IReadOnlyDictionary<string, IReadOnlyList<string>> Headers);
