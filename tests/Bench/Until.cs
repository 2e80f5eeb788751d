using System.Diagnostics;

namespace Postmill.Bench;

internal static class Until
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks until it is so.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan within)
    {
        var began = Stopwatch.GetTimestamp();
        using var looks = new PeriodicTimer(Look);
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > within) throw new TimeoutException($"within {within.TotalSeconds} s it was never so that {what}");
            await looks.WaitForNextTickAsync();
        }
    }

    /// <summary>Lets time pass while others work.</summary>
    public static Task PassedAsync(TimeSpan time) => Task.Delay(time, TimeProvider.System);
}
