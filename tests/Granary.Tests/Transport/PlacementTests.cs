using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class PlacementTests
{
    [Fact]
    public async Task A_call_lands_on_the_owner_from_any_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b", "c");
        foreach (var owner in new[] { "a", "b", "c" })
        {
            var key = cluster.KeyOn("placed", cluster[owner]);
            foreach (var caller in new[] { "a", "b", "c" }) Assert.Equal(owner, await cluster[caller].Grains.GetGrain<IPlaced>(key).Where());
        }
    }

    [Fact]
    public async Task A_grain_calls_a_grain_of_another_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var (one, two) = (cluster.KeyOn("placed", cluster["a"]), cluster.KeyOn("placed", cluster["b"]));
        Assert.Equal("b", await cluster["b"].Grains.GetGrain<IPlaced>(one).WhereIs(two));
    }

    [Fact]
    public async Task Many_first_calls_at_once_from_all_silos_make_one_activation()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b", "c");
        var key = cluster.KeyOn("worker", cluster["b"]);
        var calls = Enumerable.Range(0, 150).Select(i => Task.Run(() => cluster["abc".Substring(i % 3, 1)].Grains.GetGrain<IWorker>(key).Increment()));
        Assert.Equal(Enumerable.Range(1, 150), (await Task.WhenAll(calls).WaitAsync(Silo.Patience)).Order());
        Assert.Single(cluster.Probe.Notes, $"{key} activated");
    }

    [Fact]
    public async Task A_caller_with_an_old_view_is_sent_on()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var old = cluster.Table.Active;
        await cluster.AddAsync("c");
        await cluster["b"].LookAsync();
        var key = KeyThatMoves(cluster, old, from: "b", to: "c");
        Assert.Equal("c", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        Assert.Single(cluster.Probe.Notes, $"{key} placed");
    }

    [Fact]
    public async Task Silos_that_never_agree_refuse_the_call_after_some_attempts()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        cluster.Table.Show(cluster["a"].Identity.Incarnation, cluster["b"].Self);
        cluster.Table.Show(cluster["b"].Identity.Incarnation, cluster["a"].Self);
        foreach (var member in new[] { "a", "b" }) await cluster[member].LookAsync();
        var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => cluster["a"].Grains.GetGrain<IPlaced>("x").Where().WaitAsync(Silo.Patience));
        Assert.Contains("after 4 attempts", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("x placed", cluster.Probe.Notes);
    }

    [Fact]
    public async Task A_silo_that_joins_gets_its_grains_when_their_running_calls_have_ended()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var stays = Enumerable.Range(0, 20).Select(i => $"stay{i}").ToArray();
        foreach (var key in stays) Assert.Equal("a", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where());
        await cluster.AddAsync("b");
        var busy = cluster.KeyOn("worker", cluster["b"]);
        var first = cluster["a"].Grains.GetGrain<IWorker>(busy).Work("first");
        await cluster.Probe.Noted("first begins");
        var second = cluster["a"].Grains.GetGrain<IWorker>(busy).Activation();
        await cluster["a"].LookAsync();
        var staying = stays.Count(k => cluster.KeyBelongsTo("placed", k, cluster["a"]));
        Assert.InRange(staying, 1, 19);
        await Silo.Until(() => cluster["a"].Activations == staying + 1, "all but the busy grain and those that belong here had ended");
        Assert.False(second.IsCompleted);
        cluster.Probe.Open("first");
        Assert.Equal("first", await first.WaitAsync(Silo.Patience));
        Assert.Equal(await second.WaitAsync(Silo.Patience), await cluster["b"].Grains.GetGrain<IWorker>(busy).Activation());
        Assert.Equal(2, cluster.Probe.Notes.Count(n => n == $"{busy} activated"));
        Assert.Contains($"{busy} ended RuntimeRequested", cluster.Probe.Notes);
    }

    private static string KeyThatMoves(TestCluster cluster, IReadOnlyList<Granary.Cluster.SiloMember> old, string from, string to)
    {
        while (true)
        {
            var key = cluster.KeyOn("placed", cluster[to]);
            if (cluster.KeyBelongsTo("placed", key, cluster[from], old)) return key;
        }
    }
}
