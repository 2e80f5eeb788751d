using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>Who may call a route. Every route under /api states one; a route that forgot is for admins only.</summary>
internal abstract record AccessRule
{
    /// <summary>Anybody.</summary>
    public sealed record Open : AccessRule;

    /// <summary>A signed-in user with at least this role.</summary>
    public sealed record Session(Role Role) : AccessRule;

    /// <summary>An API key with this scope.</summary>
    public sealed record Key(string Scope) : AccessRule;
}
