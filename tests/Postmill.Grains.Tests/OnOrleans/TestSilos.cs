using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;
using Postmill.Grains.Placement;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Silos of Orleans in this process with the grains of this project: what our grains rely on, seen on the runtime itself.</summary>
internal sealed class TestSilos : IAsyncDisposable
{
    /// <summary>How long a test waits for something that must happen before it says what did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>How long one call is waited for where it may have gone with its silo; Orleans gives it 30 s.</summary>
    private static readonly TimeSpan OneCall = TimeSpan.FromSeconds(5);

    private readonly InProcessTestCluster _cluster;

    private TestSilos(Layout layout, Action<ISiloBuilder> configure)
    {
        var builder = new InProcessTestClusterBuilder((short)(layout == Layout.Three ? 3 : 1));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(Probe);
            if (layout != Layout.Three) TellTime(silo.Services);
            silo.AddIncomingGrainCallFilter<StorageFaults>();
            silo.Services.AddSingleton<LocalGrains>();
            silo.Services.AddGrainPlacement();
            // A silo that was killed is declared dead by the next look of the others.
            silo.Configure<ClusterMembershipOptions>(o => (o.ProbeTimeout, o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration) = (TimeSpan.FromMilliseconds(500), 2, 1));
            configure(silo);
        });
        builder.ConfigureClient(client =>
        {
            if (layout != Layout.Three) TellTime(client.Services);
        });
        _cluster = builder.Build();
    }

    /// <summary>The clock of the layouts with one silo. Timers, deadlines and ages are told by it.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>Where grains meet their test; every silo has this one.</summary>
    public Probe Probe { get; } = new();

    /// <summary>Calls from the layout's caller.</summary>
    public IGrainFactory Grains { get; private set; } = null!;

    /// <param name="layout">Which silos, and where the caller is.</param>
    /// <param name="configure">More settings of the silos.</param>
    public static async Task<TestSilos> StartAsync(Layout layout, Action<ISiloBuilder> configure)
    {
        var silos = new TestSilos(layout, configure);
        await silos._cluster.DeployAsync();
        silos.Grains = layout == Layout.One ? silos._cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>() : silos._cluster.Client;
        return silos;
    }

    /// <summary>The name of the silo that the grain is active on.</summary>
    public async Task<string> WhereAsync(IAddressable grain)
    {
        var at = await _cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        return _cluster.Silos.Single(silo => silo.SiloAddress.Equals(at)).Name;
    }

    /// <summary>The name of the silo that the grain belongs to.</summary>
    public string HomeOf(IAddressable grain)
    {
        var home = Rendezvous.HomeOf(grain.GetGrainId(), _cluster.Silos.Select(silo => silo.SiloAddress));
        return _cluster.Silos.Single(silo => silo.SiloAddress.Equals(home)).Name;
    }

    /// <summary>Calls from a silo that is not this one.</summary>
    public IGrainFactory Beside(string name) => _cluster.Silos.First(silo => silo.Name != name).ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>One more silo.</summary>
    public async Task AddAsync()
    {
        await _cluster.StartAdditionalSiloAsync();
        await _cluster.WaitForLivenessToStabilizeAsync();
    }

    /// <summary>Ends a silo as a crash does: no grain of it hears of it, and the others learn that it is gone.</summary>
    /// <param name="name">As <c>ILocalSiloDetails.Name</c> says it.</param>
    public Task KillAsync(string name) => _cluster.KillSiloAsync(Named(name));

    /// <summary>Ends a silo as SIGTERM does: what waits long in its grains lets go first.</summary>
    public async Task LeaveAsync(string name)
    {
        var silo = Named(name);
        silo.ServiceProvider.GetRequiredService<LocalGrains>().Leave();
        await _cluster.StopSiloAsync(silo);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>Moves the clock step by step until the task is done: what waits for time between two steps registers itself while real work goes on.</summary>
    public async Task AdvanceUntil(Task done, TimeSpan step)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "What was waited for did not happen, however far the clock went.");
            Clock.Advance(step);
            await done.WaitAsync(TimeSpan.FromMilliseconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await done;
    }

    /// <summary>Asks until there is an answer: a call to a silo that was just lost may fail and say so, or may have gone with it and say nothing until its time is over.</summary>
    public static async Task<T> Answered<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().WaitAsync(OneCall);
            }
            catch (Exception lost) when (lost is OrleansException or TimeoutException)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"The grain never answered again: {lost.Message}");
            }
        }
    }

    private InProcessSiloHandle Named(string name) => _cluster.Silos.Single(silo => silo.Name == name);

    /// <summary>Our clock for calls, timers and ages. Orleans' own loops keep the real one: they never end under a clock that stands still.</summary>
    private void TellTime(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock);
        services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Messaging, Clock);
        services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.ActivationManagement, Clock);
    }
}
