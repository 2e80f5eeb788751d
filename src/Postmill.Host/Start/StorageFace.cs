using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Host.Settings;

namespace Postmill.Host.Start;

/// <summary>PostgreSQL: where it is, and that its schema fits before anything else starts.</summary>
internal static class StorageFace
{
    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.AddSettings<StorageSettings>("Data");
        builder.Services.AddSingleton<Storage>();
        builder.Services.AddSingleton(services => NpgsqlDataSource.Create(services.GetRequiredService<Storage>().ConnectionString));
        builder.Services.AddSingleton(services => new PostgresMigrator(
            services.GetRequiredService<NpgsqlDataSource>(),
            PostgresMigratorScript.Embedded().Concat(EngineHosting.Migrations()),
            services.GetRequiredService<ILogger<PostgresMigrator>>()));
        builder.Services.AddHostedService<StorageStart>();
        builder.Services.AddHostedService<StorageClockWatch>();
    }

    public static Task OpenStorageAsync(this WebApplication app, CancellationToken cancellationToken) =>
        app.Services.GetRequiredService<Storage>().OpenAsync(cancellationToken);
}
