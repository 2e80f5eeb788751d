using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

internal sealed record SessionRow(Guid UserId, string Email, Role Role, DateTimeOffset ExpiresAt);
