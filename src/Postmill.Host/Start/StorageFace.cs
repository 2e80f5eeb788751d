using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Host.Settings;

namespace Postmill.Host.Start;

/// <summary>PostgreSQL: where it is, and that its schema fits before anything else starts.</summary>
internal static class StorageFace
{
    // Nothing here outlives its transaction on a session but the migrator's lock, which it gives back itself. DISCARD ALL before each use would be as many transactions again
    // as the work, and each makes PostgreSQL forget its plans. Whoever says otherwise in the connection string has the last word.
    private const string Defaults = "No Reset On Close=true;";

    public static void AddStorage(this WebApplicationBuilder builder)
    {
        builder.AddSettings<StorageSettings>("Data");
        builder.Services.AddSingleton<Storage>();
        builder.Services.AddSingleton(services => DataSource(services.GetRequiredService<Storage>().ConnectionString));
        builder.Services.AddSingleton(services => new PostgresMigrator(
            services.GetRequiredService<NpgsqlDataSource>(),
            PostgresMigratorScript.Embedded(),
            services.GetRequiredService<ILogger<PostgresMigrator>>()));
        builder.Services.AddHostedService<StorageStart>();
        builder.Services.AddHostedService<StorageClockWatch>();
    }

    internal static NpgsqlDataSource DataSource(string connectionString) => NpgsqlDataSource.Create(Defaults + connectionString);

    public static Task OpenStorageAsync(this WebApplication app, CancellationToken cancellationToken) =>
        app.Services.GetRequiredService<Storage>().OpenAsync(cancellationToken);
}
