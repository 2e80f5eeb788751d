using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Postmill.Testing;

namespace Granary.Tests;

/// <summary>A silo in this process on a clock of its own, with what only this engine has. What every engine has is tested in Engine.Tests.</summary>
internal sealed class Silo : IAsyncDisposable
{
    /// <summary>How long a test waits for something that must happen before it says what did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServiceProvider _services;

    private Silo(ServiceProvider services, ManualClock clock)
    {
        _services = services;
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
        services.AddGranary(null, typeof(Silo).Assembly, typeof(WorkerGrain).Assembly);
        configure?.Invoke(services);
        return new Silo(services.BuildServiceProvider(), clock);
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

    /// <summary>The clock goes on: what a test left waiting for its deadline gets there.</summary>
    public async ValueTask DisposeAsync() => await AdvanceUntil(_services.DisposeAsync().AsTask(), TimeSpan.FromSeconds(10));
}
