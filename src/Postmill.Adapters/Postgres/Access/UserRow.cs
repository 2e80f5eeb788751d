using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

internal sealed record UserRow(Guid Id, string Email, string PasswordHash, Role Role);
