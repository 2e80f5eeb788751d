using Postmill.Adapters.Postgres.Feed;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host.Live;

/// <summary>The sockets.</summary>
internal static class LiveFace
{
    public static void AddLive(this WebApplicationBuilder builder)
    {
        builder.AddSettings<LiveSettings>("Live");
        builder.AddSettings<FeedRetentionSettings>("Feed");
        var services = builder.Services;
        services.AddFeedStorage();
        if (builder.Cluster().Role != ClusterRole.Front) services.AddFeedRetention();
        services.AddSingleton<LiveMetrics>();
        services.AddSingleton<LostSilos>();
        services.AddSingleton<FeedTails>();
        services.AddSingleton<InboxRoute>();
        services.AddSingleton<LiveSockets>();
        services.AddSingleton<KeyWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<KeyWatch>());
    }

    /// <summary>The alias <c>/ws/inbox</c> is an alias of the shell.</summary>
    public static void MapLive(this WebApplication app) =>
        // CONNECT is how a WebSocket begins over HTTP/2 (RFC 8441).
        app.MapMethods("/mail/ws/inbox", [HttpMethods.Get, HttpMethods.Connect], (HttpContext http, InboxRoute route) => route.ServeAsync(http)).ExcludeFromDescription();
}
