namespace Postmill.Testing;

/// <summary>Waits for something that another process or loop brings about; a test that waits in vain says for what.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(string what, Func<Task<bool>> holds, Func<Task<string>>? otherwise = null, TimeSpan? within = null)
    {
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var looks = new PeriodicTimer(Between);
        while (!await holds())
        {
            if (time.GetElapsedTime(began) > (within ?? Patience))
                throw new TimeoutException($"waited in vain until {what}{(otherwise is null ? "" : $"; it is {await otherwise()}")}");
            await looks.WaitForNextTickAsync();
        }
    }
}
