using Granary.Cluster;
using Granary.Tests.Transport;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Postmill.Testing;

namespace Granary.Tests;

/// <summary>A silo in this process on a clock of its own; the one thing a conformance test takes from the engine.</summary>
internal sealed class Silo : IAsyncDisposable
{
    /// <summary>How long a test waits for something that must happen before it says what did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _services;

    private readonly Silo? _other;

    private Silo(ServiceProvider services, ManualClock clock, Silo? other = null)
    {
        _services = services;
        _other = other;
        Clock = clock;
    }

    public ManualClock Clock { get; }

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _services;

    public Probe Probe => _services.GetRequiredService<Probe>();

    public static Silo Start(Action<IServiceCollection>? configure = null)
    {
        var clock = new ManualClock();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Probe>();
        services.AddGranary(null, typeof(Silo).Assembly);
        configure?.Invoke(services);
        return new Silo(services.BuildServiceProvider(), clock);
    }

    /// <summary>A silo that only calls, beside one on the same clock that has every grain; <see cref="ConnectAsync"/> comes first.</summary>
    public static Silo StartApart()
    {
        var view = new OneSiloView();
        var other = Start(services => Connect(services, view));
        var caller = Start(services =>
        {
            services.AddSingleton<TimeProvider>(other.Clock);
            services.AddSingleton(other.Probe);
            Connect(services, view);
        });
        return new Silo(caller._services, other.Clock, other);
    }

    /// <summary>Opens the other silo's port and lets both see it.</summary>
    public async Task ConnectAsync()
    {
        await _other!.Services.GetRequiredService<SiloServer>().StartingAsync(CancellationToken.None);
        var identity = _other.Services.GetRequiredService<ISiloIdentity>();
        Services.GetRequiredService<OneSiloView>().Active = [new SiloMember(identity.Incarnation, identity.Address, identity.Name, "1", "silo")];
    }

    /// <summary>Moves the clock step by step until the task is done: what waits for time between two steps registers itself while real work goes on.</summary>
    public async Task<T> AdvanceUntil<T>(Task<T> done, TimeSpan step)
    {
        await AdvanceUntil((Task)done, step);
        return await done;
    }

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

    /// <summary>Waits, in real time, for what happens in another process.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It was never so that {what}.");
            await tick.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_other is not null) await _other.DisposeAsync();
    }

    private static void Connect(IServiceCollection services, OneSiloView view)
    {
        services.AddSingleton(view);
        services.AddSingleton<ISiloWatch>(view);
        services.AddSingleton<ISiloView>(view);
        services.Configure<EndpointOptions>(o => o.SiloPort = 0);
        services.AddGranaryTransport(o => o.Secret = TestCluster.Secret);
    }
}
