using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Engine.Tests;

/// <summary>
/// Silos of the engine under test, in this process, with the grains of this project. What a conformance test may know of an engine is in this file; how each engine does
/// it is in <c>TestSilos.Granary.cs</c> and <c>TestSilos.Orleans.cs</c>.
/// </summary>
internal sealed partial class TestSilos : IAsyncDisposable
{
    /// <summary>How long a test waits for something that must happen before it says what did not.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TestSilos(Layout layout) => Time = layout == Layout.Three ? TimeProvider.System : Clock;

    /// <summary>The clock of the layouts with one silo. Timers, deadlines and ages are told by it.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>Where grains meet their test; every silo has this one.</summary>
    public Probe Probe { get; } = new();

    private TimeProvider Time { get; }

    /// <summary>Calls from the layout's caller.</summary>
    public partial IGrainFactory Grains { get; }

    /// <param name="configure">More services of the silos that run grains.</param>
    public static partial Task<TestSilos> StartAsync(Layout layout, Action<IServiceCollection> configure);

    /// <summary>One more silo.</summary>
    public partial Task AddAsync();

    /// <summary>Ends a silo as a crash does: no grain of it hears of it, and the others learn that it is gone.</summary>
    /// <param name="name">As <c>ILocalSiloDetails.Name</c> says it.</param>
    public partial Task KillAsync(string name);

    public partial ValueTask DisposeAsync();

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

    /// <summary>Asks until there is an answer: a call to a silo that was just lost may fail, and says that it did.</summary>
    public static async Task<T> Answered<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception lost) when (lost is Orleans.Runtime.OrleansException or TimeoutException)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"The grain never answered again: {lost.Message}");
            }
        }
    }
}
