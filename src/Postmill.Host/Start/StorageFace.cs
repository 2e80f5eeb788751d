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
        builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(Address(builder.Configuration)));
        builder.Services.AddSingleton(services => new PostgresMigrator(
            services.GetRequiredService<NpgsqlDataSource>(), PostgresMigratorScript.Embedded(), services.GetRequiredService<ILogger<PostgresMigrator>>()));
        builder.Services.AddHostedService<StorageStart>();
    }

    private static string Address(IConfiguration configuration) => configuration.GetConnectionString("Postgres") is { Length: > 0 } given
        ? given
        : throw new StartException("ConnectionStrings:Postgres is not set");
}
