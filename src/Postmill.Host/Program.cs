using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Cluster;
using Postmill.Host.Docs;
using Postmill.Host.Health;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;
using Postmill.Host.Jobs;
using Postmill.Host.Live;
using Postmill.Host.Messages;
using Postmill.Host.Secrets;
using Postmill.Host.Sending;
using Postmill.Host.Settings;
using Postmill.Host.Start;
using Postmill.Host.Sync;
using Postmill.Host.Telemetry;

namespace Postmill.Host;

/// <summary>The table of contents. Hosted services start in the order of these lines and stop in the reverse one.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => Launch.RunAsync(args);

    public static WebApplicationBuilder Compose(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.AddPostmillSettings();
        builder.AddStart();
        builder.AddTelemetry();
        builder.AddStorage();
        builder.AddSecrets();
        builder.AddCluster();
        builder.AddHttp();
        builder.AddIdempotency();
        builder.AddAccess();
        builder.AddAccounts();
        builder.AddSync();
        builder.AddJobs();
        builder.AddSending();
        builder.AddMessages();
        builder.AddSuppressions();
        builder.AddLive();
        builder.AddHealth();
        builder.AddDocs();
        return builder;
    }

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.UseHttp();
        if (app.Services.GetRequiredService<ClusterSettings>().Role == ClusterRole.Worker)
        {
            app.MapHealth();
            app.MapWorker();
            return app;
        }
        app.UseAccess();
        app.UseIdempotency();
        app.MapAccess();
        app.MapAccounts();
        app.MapSync();
        app.MapJobs();
        app.MapMessages();
        app.MapSuppressions();
        app.MapSending();
        app.MapLive();
        app.MapCluster();
        app.MapHealth();
        app.MapDocs();
        return app;
    }
}
