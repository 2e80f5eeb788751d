using Granary.Cluster;
using Granary.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Orleans.Configuration;

namespace Granary.Tests.Transport;

public sealed class DatabaseTests
{
    [Fact]
    public async Task Silos_find_each_other_in_the_database_and_one_that_has_left_is_not_asked_any_more()
    {
        await using var database = await SiloDatabase.NewAsync();
        await using var cluster = new TestCluster();
        foreach (var name in new[] { "a", "b" }) await AddAsync(cluster, name, database);
        await cluster["a"].LookAsync();

        var places = await WhereAsync(cluster["a"]);
        Assert.Equal(places, await WhereAsync(cluster["b"]));
        Assert.Equal(["a", "b"], places.Distinct().Order());
        await cluster["b"].DrainAsync();
        Assert.Equal(["a"], (await WhereAsync(cluster["a"])).Distinct());
    }

    [Fact]
    public async Task Two_clusters_with_different_names_share_a_database_and_nothing_else()
    {
        await using var database = await SiloDatabase.NewAsync();
        await using var silos = new TestCluster();
        foreach (var (name, cluster) in new[] { ("a", "one"), ("b", "one"), ("c", "two"), ("d", "two") })
            await AddAsync(silos, name, database, services => services.Configure<ClusterOptions>(o => o.ClusterId = cluster));
        foreach (var name in new[] { "a", "b", "c", "d" }) await silos[name].LookAsync();

        Assert.Equal(["a", "b"], View(silos["a"]).Select(s => s.Name).Order());
        Assert.Equal(["c", "d"], View(silos["d"]).Select(s => s.Name).Order());
        Assert.Equal(["a", "b"], (await WhereAsync(silos["a"])).Distinct().Order());
        Assert.Equal(["c", "d"], (await WhereAsync(silos["d"])).Distinct().Order());
        await silos["b"].DrainAsync();
        Assert.Equal(["c", "d"], (await WhereAsync(silos["c"])).Distinct().Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_silo_whose_clock_is_off_by_an_hour_works_like_the_others(int hours)
    {
        await using var database = await SiloDatabase.NewAsync();
        await using var cluster = new TestCluster();
        var right = await AddAsync(cluster, "a", database, RenewOften);
        var wrong = await AddAsync(cluster, "b", database, services =>
        {
            RenewOften(services);
            services.AddSingleton<TimeProvider>(new ShiftedTime(TimeSpan.FromHours(hours)));
        });
        await right.LookAsync();

        Assert.Equal(["a", "b"], View(right).Select(s => s.Name).Order());
        Assert.Equal(View(right), View(wrong));
        foreach (var caller in new[] { right, wrong }) Assert.Equal(["a", "b"], (await WhereAsync(caller)).Distinct().Order());

        // Deadlines are spans on the way: a call that waits is neither over at once nor an hour late.
        foreach (var (caller, callee) in new[] { (right, wrong), (wrong, right) })
        {
            var worker = caller.Grains.GetGrain<IWorker>(KeyOn(cluster, "worker", callee));
            var job = caller.Identity.Name;
            var patient = worker.Work(job);
            await cluster.Probe.Noted($"{job} begins");
            cluster.Probe.Open(job);
            Assert.Equal(job, await patient.WaitAsync(Silo.Patience));
            var items = new List<int>();
            await foreach (var item in caller.Grains.GetGrain<IStreamer>(KeyOn(cluster, "streamer", callee)).Count(250)) items.Add(item);
            Assert.Equal(Enumerable.Range(1, 250), items);
            await caller.Grains.GetGrain<ITicker>(KeyOn(cluster, "ticker", callee)).Start($"tick on {callee.Identity.Name}", TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(10), false, false);
            for (var ticks = 0; ticks < 3; ticks++) await cluster.Probe.Noted($"tick on {callee.Identity.Name}");
        }

        // Its lease is judged by the database, and renewed by spans.
        var (before, began) = (await ExpiresAsync(database, wrong), TimeProvider.System.GetTimestamp());
        while (await ExpiresAsync(database, wrong) == before)
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Silo.Patience, "The lease was never renewed.");
        Assert.True(wrong.Identity.MayWork);
        foreach (var silo in new[] { right, wrong }) Assert.True(await SiloDatabase.IsAliveAsync(database, silo.Identity.Incarnation));
    }

    private static void RenewOften(IServiceCollection services) =>
        services.Configure<LeaseOptions>(o => (o.Duration, o.RenewEvery) = (TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(200)));

    private static Task<Member> AddAsync(TestCluster cluster, string name, NpgsqlDataSource database, Action<IServiceCollection>? more = null) => cluster.AddAsync(name, null, services =>
    {
        services.AddSingleton(database);
        services.Replace(ServiceDescriptor.Singleton<ISiloTable, PostgresSiloTable>());
        more?.Invoke(services);
    });

    private static IReadOnlyList<SiloMember> View(Member silo) => silo.Services.GetRequiredService<ISiloView>().Active;

    private static string KeyOn(TestCluster cluster, string type, Member owner) => cluster.KeyOn(type, owner, View(owner));

    private static async Task<DateTime> ExpiresAsync(NpgsqlDataSource database, Member silo)
    {
        await using var command = database.CreateCommand("SELECT expires_at FROM silo WHERE incarnation = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = silo.Identity.Incarnation });
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    private static Task<string[]> WhereAsync(Member caller) =>
        Task.WhenAll(Enumerable.Range(0, 40).Select(i => caller.Grains.GetGrain<IPlaced>($"g{i}").Where())).WaitAsync(Silo.Patience);
}
