using Granary.Activations;
using Granary.Calls;
using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class RoleTests
{
    [Fact]
    public async Task A_front_calls_grains_and_runs_none()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var front = await AddFrontAsync(cluster);
        foreach (var member in new[] { "a", "b" }) await cluster[member].LookAsync();
        var calls = Enumerable.Range(0, 60).Select(i => cluster[new[] { "a", "b", "front" }[i % 3]].Grains.GetGrain<IPlaced>($"g{i}").Where());
        Assert.Equal(["a", "b"], (await Task.WhenAll(calls).WaitAsync(Silo.Patience)).Distinct().Order());
        Assert.Equal(0, front.Activations);
    }

    [Fact]
    public async Task A_front_that_joins_or_leaves_moves_no_activation()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var keys = Enumerable.Range(0, 40).Select(i => $"g{i}").ToArray();
        var before = await WhereAsync(cluster, keys);
        var front = await AddFrontAsync(cluster);
        foreach (var member in new[] { "a", "b" }) await cluster[member].LookAsync();
        Assert.Equal(before, await WhereAsync(cluster, keys));
        await front.DrainAsync();
        foreach (var member in new[] { "a", "b" }) await cluster[member].LookAsync();
        Assert.Equal(before, await WhereAsync(cluster, keys));
        Assert.Equal(keys.Length, cluster.Probe.Notes.Count(n => n.EndsWith(" placed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Without_a_silo_that_runs_grains_a_call_fails_after_the_usual_attempts_and_says_so()
    {
        await using var cluster = new TestCluster();
        var front = await AddFrontAsync(cluster);
        var other = await AddFrontAsync(cluster, "other");
        await front.LookAsync();
        foreach (var caller in new[] { front, other })
        {
            var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => caller.Grains.GetGrain<IPlaced>("x").Where().WaitAsync(Silo.Patience));
            Assert.Contains("no silo of the cluster runs grains", fault.Message, StringComparison.Ordinal);
            Assert.Contains("has had no effect, after 4 attempts", fault.Message, StringComparison.Ordinal);
            Assert.Equal(0, caller.Activations);
        }
    }

    [Fact]
    public async Task A_front_that_came_first_finds_the_silo_that_runs_grains_as_soon_as_there_is_one()
    {
        await using var cluster = new TestCluster();
        var front = await AddFrontAsync(cluster, "front", o => o.MaxAttempts = 10);
        var call = front.Grains.GetGrain<IPlaced>("x").Where();
        await cluster.AddAsync("a");
        Assert.Equal("a", await call.WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_call_that_reaches_a_front_is_not_its_own_and_the_owner_is_named()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var front = await AddFrontAsync(cluster);
        var answer = await SendAsync(cluster["a"], front.Self);
        Assert.Null(answer.Outcome);
        Assert.Equal(cluster["a"].Identity.Address, answer.Owner);
        cluster.Table.Show(front.Identity.Incarnation, front.Self with { Role = SiloRoles.Front });
        await front.LookAsync();
        var alone = await SendAsync(cluster["a"], front.Self);
        Assert.Null(alone.Outcome);
        Assert.Contains("runs grains", alone.Why, StringComparison.Ordinal);
        Assert.Equal(0, front.Activations);
    }

    /// <summary>A silo that knows nothing of roles shows a front as one like the others.</summary>
    [Fact]
    public async Task A_front_that_others_take_for_the_owner_runs_nothing_all_the_same()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var front = await AddFrontAsync(cluster);
        cluster.Table.Show(cluster["a"].Identity.Incarnation, front.Self);
        cluster.Table.Show(front.Identity.Incarnation, front.Self, cluster["a"].Self with { Role = SiloRoles.Front });
        foreach (var member in new[] { cluster["a"], front }) await member.LookAsync();
        foreach (var caller in new[] { cluster["a"], front })
            await Assert.ThrowsAsync<SiloUnavailableException>(() => caller.Grains.GetGrain<IPlaced>("x").Where().WaitAsync(Silo.Patience));
        Assert.DoesNotContain("x placed", cluster.Probe.Notes);
        Assert.Equal(0, front.Activations);
    }

    [Fact]
    public async Task A_front_reads_streams_and_calls_go_on_while_it_drains()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var front = await AddFrontAsync(cluster);
        var items = new List<int>();
        await foreach (var item in front.Grains.GetGrain<IStreamer>("s").Count(250)) items.Add(item);
        Assert.Equal(Enumerable.Range(1, 250), items);
        front.Services.GetRequiredService<ActivationDirectory>().RefuseOutside();
        Assert.Equal("a", await front.Grains.GetGrain<IPlaced>("x").Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_front_without_a_lease_says_so_at_once()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var front = await AddFrontAsync(cluster);
        cluster.Table.Open = false;
        cluster.Table.Expire(front.Identity.Incarnation);
        await front.LookAsync();
        var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => front.Grains.GetGrain<IPlaced>("x").Where().WaitAsync(Silo.Patience));
        Assert.Contains("after 1 attempt: The silo takes no calls: it is stopping or has no lease", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<Member> AddFrontAsync(TestCluster cluster, string name = "front", Action<TransportOptions>? configure = null)
    {
        var front = await cluster.AddAsync(name, configure, services => services.Configure<GranaryOptions>(o => o.Role = SiloRoles.Front));
        await front.LookAsync();
        return front;
    }

    private static Task<string[]> WhereAsync(TestCluster cluster, string[] keys) =>
        Task.WhenAll(keys.Select(k => cluster["a"].Grains.GetGrain<IPlaced>(k).Where())).WaitAsync(Silo.Patience);

    private static Task<RemoteAnswer> SendAsync(Member caller, SiloMember to)
    {
        var method = caller.Services.GetRequiredService<GrainCalls>().Interface(typeof(IPlaced)).Find("Where/0")!;
        var call = new GrainCall { Target = GrainId.Create("placed", "x"), Method = method, Timeout = Silo.Patience, ExpiresAt = long.MaxValue };
        return caller.Services.GetRequiredService<SiloClient>().SendAsync(to, call);
    }
}
