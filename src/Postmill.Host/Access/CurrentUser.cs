using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>The user of the session that a request came with.</summary>
internal sealed record CurrentUser(Guid Id, string Email, Role Role);
