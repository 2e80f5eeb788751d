using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class LossTests
{
    [Fact]
    public async Task A_silo_that_cannot_be_reached_is_asked_for_again_and_its_grains_run_elsewhere_once_its_lease_is_over()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var key = cluster.KeyOn("placed", cluster["b"]);
        // From where it runs: on a connection that breaks the call might have been sent, and its outcome be unknown.
        Assert.Equal("b", await cluster["b"].Grains.GetGrain<IPlaced>(key).Where());
        await cluster["b"].CutAsync();
        cluster.Table.Expire(cluster["b"].Identity.Incarnation);
        Assert.Equal("a", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_silo_that_cannot_be_reached_while_its_lease_runs_is_named_and_nothing_has_happened()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var key = cluster.KeyOn("placed", cluster["b"]);
        await cluster["b"].CutAsync();
        var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        Assert.Contains($"b at {cluster["b"].Identity.Address} cannot be reached", fault.Message, StringComparison.Ordinal);
        Assert.Contains("has had no effect", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_whose_answer_is_lost_is_not_sent_again_and_its_outcome_is_unknown()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var key = cluster.KeyOn("worker", cluster["b"]);
        var call = cluster["a"].Grains.GetGrain<IWorker>(key).Work("job");
        await cluster.Probe.Noted("job begins");
        await cluster["b"].CutAsync();
        cluster.Table.Expire(cluster["b"].Identity.Incarnation);
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Silo.Patience));
        Assert.Contains("outcome is unknown", fault.Message, StringComparison.Ordinal);
        cluster.Probe.Open("job");
        await cluster["a"].Grains.GetGrain<IWorker>(key).Increment().WaitAsync(Silo.Patience);
        Assert.Single(cluster.Probe.Notes, "job begins");
    }

    [Fact]
    public async Task A_silo_without_a_lease_says_so_and_its_callers_go_elsewhere()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var key = cluster.KeyOn("placed", cluster["b"]);
        cluster.Table.Open = false;
        cluster.Table.Expire(cluster["b"].Identity.Incarnation);
        await cluster["b"].LookAsync();
        await Silo.Until(() => !cluster["b"].Identity.MayWork, "the silo had noticed that its lease is over");
        Assert.Equal("a", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => cluster["b"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_silo_that_drains_ends_what_it_has_and_its_grains_run_elsewhere()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var (key, running) = (cluster.KeyOn("placed", cluster["b"]), cluster.KeyOn("worker", cluster["b"]));
        Assert.Equal("b", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where());
        var job = cluster["a"].Grains.GetGrain<IWorker>(running).Work("job");
        await cluster.Probe.Noted("job begins");
        var drained = cluster["b"].DrainAsync();
        await Silo.Until(() => cluster["b"].Activations == 1, "the idle grain had ended");
        Assert.Equal("a", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        cluster.Probe.Open("job");
        Assert.Equal("job", await job.WaitAsync(Silo.Patience));
        await drained;
        Assert.Single(cluster.Table.Active);
    }

    [Fact]
    public async Task A_silo_that_comes_back_at_its_address_gets_its_grains_back()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var key = cluster.KeyOn("placed", cluster["b"]);
        var first = cluster["b"].Identity.Incarnation;
        cluster.Table.Expire(first);
        await cluster["b"].LookAsync();
        await Silo.Until(() => cluster["b"].Identity.MayWork && cluster["b"].Identity.Incarnation != first, "the silo had joined again");
        await cluster["a"].LookAsync();
        Assert.Equal("b", await cluster["a"].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
    }
}
