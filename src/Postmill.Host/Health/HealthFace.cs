namespace Postmill.Host.Health;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it may get requests. <c>/health/startup</c>: how far the start is.
/// A feature adds a check of its own with <c>AddHealthChecks().AddCheck(…, tags: [HealthFace.Ready])</c>.
/// </summary>
internal static class HealthFace
{
    public const string Ready = "ready";

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatabaseCheck>();
        builder.Services.AddHealthChecks()
            .AddCheck<PhaseCheck>("phase", tags: [Ready])
            .AddCheck<DatabaseCheck>("database", tags: [Ready]);
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false, ResponseWriter = HealthJson.WriteAsync });
        app.MapHealthChecks("/health/ready", new() { Predicate = c => c.Tags.Contains(Ready), ResponseWriter = HealthJson.WriteAsync });
        app.MapHealthChecks("/health/startup", new() { Predicate = c => c.Name == "phase", ResponseWriter = HealthJson.WriteAsync });
    }
}
