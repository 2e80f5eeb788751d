using Postmill.Domain.Access;

namespace Postmill.Domain.Tests.Access;

public sealed class FailureCounterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    [Fact]
    public void At_the_limit_the_key_waits_for_the_end_of_its_window()
    {
        var counter = new FailureCounter(3, Window);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(counter.Wait("a", Start.AddMinutes(i)));
            counter.Failed("a", Start.AddMinutes(i));
        }
        Assert.Equal(TimeSpan.FromMinutes(12), counter.Wait("a", Start.AddMinutes(3)));
        Assert.Null(counter.Wait("b", Start.AddMinutes(3)));
        Assert.Null(counter.Wait("a", Start + Window));
    }

    [Fact]
    public void A_success_forgets_the_failures()
    {
        var counter = new FailureCounter(2, Window);
        counter.Failed("a", Start);
        counter.Succeeded("a");
        counter.Failed("a", Start);
        Assert.Null(counter.Wait("a", Start));
    }

    [Fact]
    public void After_the_window_counting_begins_anew()
    {
        var counter = new FailureCounter(2, Window);
        counter.Failed("a", Start);
        counter.Failed("a", Start + Window);
        Assert.Null(counter.Wait("a", Start + Window));
    }

    [Fact]
    public void A_flood_of_keys_does_not_grow_the_table_and_the_newest_stay()
    {
        var counter = new FailureCounter(1, Window, capacity: 100);
        for (var i = 0; i < 10_000; i++) counter.Failed($"k{i}", Start.AddMilliseconds(i));
        Assert.InRange(counter.Count, 1, 100);
        Assert.NotNull(counter.Wait("k9999", Start.AddSeconds(10)));
        Assert.Null(counter.Wait("k0", Start.AddSeconds(10)));
    }

    [Fact]
    public void Ended_windows_make_room_before_living_ones()
    {
        var counter = new FailureCounter(1, Window, capacity: 10);
        for (var i = 0; i < 5; i++) counter.Failed($"old{i}", Start);
        for (var i = 0; i < 5; i++) counter.Failed($"new{i}", Start + Window);
        counter.Failed("last", Start + Window);
        Assert.Equal(6, counter.Count);
        Assert.All(Enumerable.Range(0, 5), i => Assert.NotNull(counter.Wait($"new{i}", Start + Window)));
    }
}
