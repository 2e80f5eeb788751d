using Microsoft.Extensions.DependencyInjection;
using Postmill.Grains.Feed;

namespace Postmill.Adapters.Postgres.Feed;

public static class FeedStorage
{
    /// <summary>The log of events on the registered <see cref="Npgsql.NpgsqlDataSource"/>, and its retention by the registered <see cref="FeedRetentionSettings"/>.</summary>
    public static IServiceCollection AddFeedStorage(this IServiceCollection services)
    {
        services.AddSingleton<IFeedLog, PostgresFeedLog>();
        services.AddSingleton<FeedPruner>();
        services.AddSingleton<KeyStanding>();
        services.AddHostedService<FeedRetention>();
        return services;
    }
}
