using Postmill.Adapters.Postgres.Http;
using Postmill.Host.Cluster;

namespace Postmill.Host.Http.Idempotency;

/// <summary><c>Idempotency-Key</c>. A route heeds it with <see cref="IdempotentRoutes.WithIdempotency"/>.</summary>
internal static class IdempotencyFace
{
    public static void AddIdempotency(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IdempotencyRows>();
        if (builder.Cluster().Role != ClusterRole.Front) builder.Services.AddHostedService<IdempotencyPruning>();
    }

    /// <summary>After access: who calls must be known.</summary>
    public static void UseIdempotency(this WebApplication app) => app.UseMiddleware<IdempotencyGate>();
}
