using Microsoft.Extensions.DependencyInjection;
using Postmill.Grains.Feed;

namespace Postmill.Adapters.Postgres.Feed;

public static class FeedStorage
{
    /// <summary>The log of events on the registered <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddFeedStorage(this IServiceCollection services)
    {
        services.AddSingleton<IFeedLog, PostgresFeedLog>();
        services.AddSingleton<FeedPruner>();
        services.AddSingleton<KeyStanding>();
        return services;
    }

    /// <summary>What prunes it, by the registered <see cref="FeedRetentionSettings"/>. One silo with it is enough.</summary>
    public static IServiceCollection AddFeedRetention(this IServiceCollection services) => services.AddHostedService<FeedRetention>();
}
