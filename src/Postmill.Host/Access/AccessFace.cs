using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;
using Postmill.Host.Settings;

namespace Postmill.Host.Access;

/// <summary>Users, sessions, API keys, the audit log.</summary>
internal static class AccessFace
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        builder.AddSettings<AccessSettings>("Access");
        var services = builder.Services;
        services.TryAddSingleton(_ => RandomNumberGenerator.Create());
        services.AddSingleton<UserRows>();
        services.AddSingleton<SessionRows>();
        services.AddSingleton<ApiKeyRows>();
        services.AddSingleton<IAuditLog, AuditLog>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignInGuard>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<IApiKeys>(s => s.GetRequiredService<ApiKeys>());
    }

    /// <summary>After routing, before every route.</summary>
    public static void UseAccess(this WebApplication app) => app.UseMiddleware<Admission>();

    public static void MapAccess(this WebApplication app)
    {
        app.MapAuth();
        app.MapApiKeys();
    }
}
