namespace Postmill.Host.Access;

/// <summary>A session as it is handed out; the token is nowhere else.</summary>
internal sealed record OpenSession(string Token, DateTimeOffset ExpiresAt);
