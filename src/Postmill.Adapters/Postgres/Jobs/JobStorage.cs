using Microsoft.Extensions.DependencyInjection;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

public static class JobStorage
{
    /// <summary>Tasks, jobs and the log on the registered <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddJobStorage(this IServiceCollection services) => services
        .AddSingleton<IJobStore, JobStore>()
        .AddSingleton<IJobBook, JobBook>()
        .AddSingleton<IDueJobs, DueJobs>()
        .AddSingleton<JobQueries>()
        .AddSingleton<LogQueries>()
        .AddSingleton<JobPruner>();

    /// <summary>What prunes them, by the registered <see cref="JobOptions"/>. One silo with it is enough.</summary>
    public static IServiceCollection AddJobRetention(this IServiceCollection services) => services.AddHostedService<JobRetention>();
}
