using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Postmill.Host.Health;

namespace Postmill.Host.Start;

/// <summary>How the process begins, says what it does, and ends.</summary>
internal static class StartFace
{
    private static readonly string[] ChattyAtALoss =
    [
        "Orleans.Runtime.MembershipService", "Orleans.Runtime.Messaging", "Orleans.Messaging", "Orleans.Networking", "Orleans.Runtime.Watchdog", "Orleans.Runtime.SiloControl",
        "Orleans.Connections.Security", "Orleans.Runtime.GrainDirectory", "Orleans.Runtime.CallbackData", "Orleans.Runtime.GrainCallCancellationManager", "Polly",
    ];

    public static void AddStart(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(new StorageClock(TimeProvider.System));
        builder.Services.TryAddSingleton<TimeProvider>(services => services.GetRequiredService<StorageClock>());
        builder.Services.AddSingleton<Startup>();
        builder.Host.ConfigureContainer<IServiceCollection>(ServeFromFirstToLast);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        // One line a missed probe, vote and connection attempt; MembershipLog and ClusterHandshake say what came of it, once.
        foreach (var chatty in ChattyAtALoss) builder.Logging.AddFilter(chatty, LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // /health says it; asked each second it would fill the log
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error); // the README says where the keys stand
        builder.Logging.AddConsole(o => o.FormatterName = OneLineFormatter.FormatterName);
        builder.Logging.AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();
    }

    // The framework starts the server after all hosted services; then nobody could ask /health/startup what takes so long. And services hear of the
    // end in reverse order: the drain comes last here, so that requests have ended before Orleans begins to end grains.
    private static void ServeFromFirstToLast(IServiceCollection services)
    {
        var server = services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Name == "GenericWebHostService");
        services.Remove(server);
        services.Insert(0, server);
        services.AddHostedService<Drain>();
    }
}
