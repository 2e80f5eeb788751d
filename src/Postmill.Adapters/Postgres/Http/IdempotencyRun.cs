namespace Postmill.Adapters.Postgres.Http;

/// <summary>One running of a request with an <c>Idempotency-Key</c>; the id tells it from another running of the same one.</summary>
internal sealed record IdempotencyRun(Guid UserId, string Key, Guid Id);
