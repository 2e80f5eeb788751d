using Orleans.Runtime;

namespace Postmill.Grains.Tests.OnOrleans;

public sealed class PlacementTests() : OnSilos(Layout.Three)
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 60).Select(n => $"resident{n}")];

    [Fact]
    public async Task Grains_are_spread_over_the_silos_and_each_has_one_activation()
    {
        var places = await WhereAsync();
        Assert.Equal(3, places.Distinct().Count());
        foreach (var key in Keys)
        {
            Assert.Equal(1, await Silos.Grains.GetGrain<IResident>(key).Count());
            Assert.Equal(2, await Silos.Grains.GetGrain<IResident>(key).Count());
        }
    }

    [Fact]
    public async Task Grains_of_a_lost_silo_run_again_on_the_others()
    {
        var before = await WhereAsync();
        var lost = before[0];
        await Silos.KillAsync(lost);
        var after = await WhereAsync();
        Assert.DoesNotContain(lost, after);
        Assert.Equal(2, after.Distinct().Count());
        Assert.Equal(1, await TestSilos.Answered(Silos.Grains.GetGrain<IResident>(Keys[0]).Count));
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_share_of_new_grains()
    {
        var before = (await WhereAsync()).ToHashSet();
        await Silos.AddAsync();
        var places = new HashSet<string>();
        for (var n = 0; n < 200; n++) places.Add(await TestSilos.Answered(Silos.Grains.GetGrain<IResident>($"new{n}").Where));
        Assert.Single(places.Except(before));
    }

    [Fact]
    public async Task Grains_that_stay_move_to_a_silo_that_joins_when_it_has_stood_for_a_while()
    {
        foreach (var key in Keys) await Silos.Grains.GetGrain<IResident>(key).Stay();
        var before = await WhereAsync();
        await Silos.AddAsync();
        Assert.Equal(before, await WhereAsync());
        var homes = Keys.Select(key => Silos.HomeOf(Silos.Grains.GetGrain<IResident>(key))).ToArray();
        Assert.Equal(4, homes.Distinct().Count());
        var began = TimeProvider.System.GetTimestamp();
        string[] after;
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < 2 * TestSilos.Patience, "they did not move");
            after = await WhereAsync();
        }
        while (!after.SequenceEqual(homes));
        for (var n = 0; n < Keys.Length; n++)
            if (before[n] == homes[n]) Assert.True(await Silos.Grains.GetGrain<IResident>(Keys[n]).Count() > 0);
    }

    [Fact]
    public async Task A_stream_of_a_lost_silo_is_broken_and_its_reader_is_told()
    {
        var streamer = Silos.Grains.GetGrain<IStreamer>("s");
        await using var reader = streamer.Gated(5).GetAsyncEnumerator();
        Silos.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
        await Silos.KillAsync(await streamer.Where());
        var fault = await Record.ExceptionAsync(() => reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
        Assert.True(fault is EnumerationAbortedException or OrleansException, $"the reader was told {fault}");
        await using var again = streamer.Gated(5).GetAsyncEnumerator();
        Assert.True(await TestSilos.Answered(() => again.MoveNextAsync().AsTask()));
    }

    private async Task<string[]> WhereAsync()
    {
        var places = new List<string>();
        foreach (var key in Keys) places.Add(await TestSilos.Answered(Silos.Grains.GetGrain<IResident>(key).Where));
        return [.. places];
    }
}
