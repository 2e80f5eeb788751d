namespace Postmill.Testing.Servers;

/// <param name="Raw">Stored as it is, also when its line ends are unusual.</param>
/// <param name="InternalDate">Whole seconds; default: one minute apart, from 2024-01-01.</param>
/// <param name="Flags">Maildir letters in ASCII order: D draft, F flagged, R answered, S seen, T deleted.</param>
public sealed record SeedMail(byte[] Raw, DateTimeOffset? InternalDate = null, string Flags = "S");
