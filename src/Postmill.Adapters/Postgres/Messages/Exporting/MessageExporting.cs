using Microsoft.Extensions.DependencyInjection;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

public static class MessageExporting
{
    /// <summary>Exports of stored mail on the registered <see cref="Npgsql.NpgsqlDataSource"/>, by the registered <see cref="ExportOptions"/>.</summary>
    public static IServiceCollection AddMessageExporting(this IServiceCollection services) => services
        .AddSingleton<ExportBell>()
        .AddSingleton<ExportBook>();

    /// <summary>What makes and prunes them. One silo with it is enough.</summary>
    public static IServiceCollection AddExportRunner(this IServiceCollection services) => services
        .AddSingleton<ExportStore>()
        .AddSingleton<ExportReader>()
        .AddHostedService<ExportRunner>()
        .AddHostedService<ExportPruner>();
}
