using Postmill.Domain.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Access;

/// <summary>States who may call a route or a group of routes; the innermost statement holds.</summary>
internal static class AccessRoutes
{
    /// <summary>A session of at least this role: 401 without, 403 below, and CSRF-checked when it came by cookie.</summary>
    public static TBuilder RequireSession<TBuilder>(this TBuilder routes, Role role) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new AccessRule.Session(role));

    /// <summary>An API key (<c>Authorization: Bearer msk_…</c>) with this scope of <see cref="ApiKeyScopes"/>: 401 without, 403 lacking it.</summary>
    public static TBuilder RequireApiKey<TBuilder>(this TBuilder routes, string scope) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new AccessRule.Key(scope));

    /// <summary>Anybody; browsers still only from the same origin when they change state.</summary>
    public static TBuilder RequireNothing<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new AccessRule.Open());
}
