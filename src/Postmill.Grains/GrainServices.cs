using Microsoft.Extensions.DependencyInjection;
using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Jobs;
using Postmill.Grains.Placement;
using Postmill.Grains.Sending;
using Postmill.Grains.Sync;

namespace Postmill.Grains;

/// <summary>Registers what the account grains need. Ports (<see cref="IMailboxes"/>, stores) come from the adapters.</summary>
public static class GrainServices
{
    public static IServiceCollection AddAccountGrains(this IServiceCollection services) => services
        .AddSingleton<LocalGrains>()
        .AddSingleton<AccountConnector>()
        .AddSingleton<JobDesk>()
        .AddSingleton<SyncMetrics>()
        .AddSingleton<StartGates>()
        .AddHostedService<HostShares>()
        .AddSingleton(provider => new SyncPorts(
            provider.GetRequiredService<IMailboxes>(),
            provider.GetRequiredService<IAccountStore>(),
            provider.GetRequiredService<ISyncStore>(),
            provider.GetRequiredService<IGrainFactory>(),
            provider.GetRequiredService<SyncOptions>(),
            provider.GetRequiredService<StartGates>(),
            provider.GetRequiredService<SyncMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(),
            provider.GetRequiredService<IActStore>()))
        .AddSingleton<SendMetrics>()
        .AddSingleton<SendDesk>()
        .AddSingleton(provider => new SendPorts(
            provider.GetRequiredService<ISmtpServers>(),
            provider.GetRequiredService<IAccountStore>(),
            provider.GetRequiredService<IOutbox>(),
            provider.GetRequiredService<SendOptions>(),
            provider.GetRequiredService<StartGates>(),
            provider.GetRequiredService<SendMetrics>(),
            provider.GetRequiredService<TimeProvider>()));

    /// <summary>On a silo: where its grains are placed, and how accounts come to a silo that joins.</summary>
    public static IServiceCollection AddGrainPlacement(this IServiceCollection services)
    {
        services.AddPlacementDirector<RendezvousPlacement, RendezvousPlacementDirector>();
        return services.AddHostedService<AccountMover>();
    }

    /// <summary>The sweep for due jobs; to be registered after what it wakes can work.</summary>
    public static IServiceCollection AddJobSweeper(this IServiceCollection services) => services.AddHostedService<JobSweeper>();

    /// <summary>The sweep; to be registered after what it wakes can work.</summary>
    public static IServiceCollection AddSyncSweeper(this IServiceCollection services) => services.AddHostedService<SyncSweeper>();
}
