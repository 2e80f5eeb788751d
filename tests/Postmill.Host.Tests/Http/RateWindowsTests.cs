using Postmill.Host.Http.Rates;

namespace Postmill.Host.Tests.Http;

public sealed class RateWindowsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 10, 0, 20, TimeSpan.Zero);

    [Fact]
    public void A_caller_has_his_requests_until_the_minute_ends()
    {
        var windows = new RateWindows(2);
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(_ => windows.Take("a", Start)!.IsRefused));
        Assert.Equal(TimeSpan.FromSeconds(40), windows.Take("a", Start)!.Wait);
        Assert.False(windows.Take("b", Start)!.IsRefused);
        Assert.False(windows.Take("a", Start.AddSeconds(40))!.IsRefused);
    }

    [Fact]
    public void Zero_is_no_limit() => Assert.Null(new RateWindows(0).Take("a", Start));

    [Fact]
    public void Callers_beyond_the_capacity_share_one_window_and_those_within_keep_theirs()
    {
        var windows = new RateWindows(2, capacity: 2);
        Assert.Equal(1, windows.Take("a", Start)!.Used);
        Assert.Equal(1, windows.Take("b", Start)!.Used);
        Assert.Equal([1, 2, 3], new[] { "c", "d", "c" }.Select(c => windows.Take(c, Start)!.Used));
        Assert.Equal(2, windows.Take("a", Start)!.Used);
        Assert.Equal(1, windows.Take("c", Start.AddMinutes(1))!.Used);
    }

    [Fact]
    public async Task Many_at_once_are_each_counted()
    {
        var windows = new RateWindows(1_000);
        var used = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Select(_ => windows.Take("a", Start)!.Used).ToList())));
        Assert.Equal(Enumerable.Range(1, 4_000), used.SelectMany(u => u).Order());
    }
}
