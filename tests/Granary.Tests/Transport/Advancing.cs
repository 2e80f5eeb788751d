using Postmill.Testing;

namespace Granary.Tests.Transport;

internal static class Advancing
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Moves the clock on while real work goes on, until the task is done.</summary>
    public static async Task<T> AdvanceUntil<T>(this ManualClock clock, Task<T> done)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Silo.Patience, "What was waited for did not happen, however far the clock went.");
            clock.Advance(Step);
            await ((Task)done).WaitAsync(TimeSpan.FromMilliseconds(5)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await done;
    }
}
