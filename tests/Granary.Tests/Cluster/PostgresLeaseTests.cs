using Granary.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Runtime;
using Postmill.Testing.Servers;

namespace Granary.Tests.Cluster;

public sealed class PostgresLeaseTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_lease_is_alive_until_it_is_released()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var silo = NewSilo("10.0.0.1:1");
        Assert.False(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
        Assert.True(await table.RegisterAsync(silo, null, default));
        Assert.True(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
        Assert.Equal([silo], await table.RenewAsync(silo.Incarnation, default));
        Assert.Null(table.FirstEnd);
        await table.MarkDrainingAsync(silo.Incarnation, default);
        Assert.True(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
        Assert.Empty((await table.RenewAsync(silo.Incarnation, default))!);
        await table.ReleaseAsync(silo.Incarnation, default);
        Assert.False(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
        Assert.Null(await table.RenewAsync(silo.Incarnation, default));
    }

    [Fact]
    public async Task A_lease_that_was_not_renewed_is_over_by_the_databases_clock_and_cannot_be_renewed()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, Short);
        var silo = NewSilo("10.0.0.1:1");
        Assert.True(await table.RegisterAsync(silo, null, default));
        await SiloDatabase.ExecuteAsync(database, "SELECT pg_sleep_until(expires_at + interval '1 ms') FROM silo");
        Assert.False(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
        Assert.Null(await table.RenewAsync(silo.Incarnation, default));
    }

    [Fact]
    public async Task A_restart_at_the_same_address_supersedes_the_silo_before_it()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var (old, other, fresh) = (NewSilo("10.0.0.1:1"), NewSilo("10.0.0.2:1"), NewSilo("10.0.0.1:1"));
        foreach (var silo in new[] { old, other, fresh }) Assert.True(await table.RegisterAsync(silo, null, default));
        Assert.False(await SiloDatabase.IsAliveAsync(database, old.Incarnation));
        Assert.Null(await table.RenewAsync(old.Incarnation, default));
        Assert.Equal([fresh, other], await table.RenewAsync(fresh.Incarnation, default));
        Assert.InRange(table.FirstEnd!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_zombie_that_joins_again_does_not_supersede_the_one_that_took_its_place()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var (old, fresh, zombie) = (NewSilo("10.0.0.1:1"), NewSilo("10.0.0.1:1"), NewSilo("10.0.0.1:1"));
        Assert.True(await table.RegisterAsync(old, null, default));
        Assert.True(await table.RegisterAsync(fresh, null, default));
        Assert.False(await table.RegisterAsync(zombie, old.Incarnation, default));
        Assert.True(await SiloDatabase.IsAliveAsync(database, fresh.Incarnation));
        await table.ReleaseAsync(fresh.Incarnation, default);
        Assert.True(await table.RegisterAsync(zombie, old.Incarnation, default));
    }

    [Fact]
    public async Task A_registration_may_be_repeated_when_its_answer_was_lost()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var (old, silo) = (NewSilo("10.0.0.1:1"), NewSilo("10.0.0.1:1"));
        Assert.True(await table.RegisterAsync(silo, old.Incarnation, default));
        Assert.True(await table.RegisterAsync(silo, old.Incarnation, default));
        Assert.True(await SiloDatabase.IsAliveAsync(database, silo.Incarnation));
    }

    [Fact]
    public async Task Two_that_start_at_once_with_one_address_leave_one_alive()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var silos = Enumerable.Range(0, 8).Select(_ => NewSilo("10.0.0.1:1")).ToArray();
        await Task.WhenAll(silos.Select(s => table.RegisterAsync(s, null, default)));
        var alive = 0;
        foreach (var silo in silos)
            if (await SiloDatabase.IsAliveAsync(database, silo.Incarnation)) alive++;
        Assert.Equal(1, alive);
    }

    [Fact]
    public async Task Silos_that_register_at_the_same_moment_all_see_each_other()
    {
        await using var database = await SiloDatabase.NewAsync();
        var table = Table(database, TimeSpan.FromMinutes(1));
        var silos = Enumerable.Range(1, 8).Select(i => NewSilo($"10.0.0.{i}:1")).ToArray();
        Assert.DoesNotContain(false, await Task.WhenAll(silos.Select(s => table.RegisterAsync(s, null, default))));
        foreach (var silo in silos) Assert.Equal(silos, await table.RenewAsync(silo.Incarnation, default));
    }

    [Fact]
    public async Task Silos_of_two_clusters_at_one_address_neither_see_nor_supersede_each_other()
    {
        await using var database = await SiloDatabase.NewAsync();
        var (one, two) = (Table(database, TimeSpan.FromMinutes(1), "one"), Table(database, TimeSpan.FromMinutes(1), "two"));
        var (ours, theirs) = (NewSilo("10.0.0.1:1"), NewSilo("10.0.0.1:1"));
        Assert.True(await one.RegisterAsync(ours, null, default));
        Assert.True(await two.RegisterAsync(theirs, null, default));
        Assert.Equal([ours], await one.RenewAsync(ours.Incarnation, default));
        Assert.Equal([theirs], await two.RenewAsync(theirs.Incarnation, default));
    }

    [Fact]
    public async Task A_silo_whose_database_restarts_stops_and_joins_again_as_another_incarnation()
    {
        await using var server = await PostgresServer.StartAsync(new PostgresOptions());
        await using var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        foreach (var script in GranarySchema.Scripts) await SiloDatabase.ExecuteAsync(database, script.Sql);
        await using var silo = Silo.Start(services =>
        {
            services.AddSingleton(TimeProvider.System);
            services.AddSingleton(database);
            services.AddGranaryMembership(o =>
            {
                o.Duration = TimeSpan.FromSeconds(2);
                (o.RenewEvery, o.RetryAfter, o.StopBefore) = (Short, Short / 3, Short);
            });
        });
        var identity = silo.Services.GetRequiredService<ISiloIdentity>();
        var services = silo.Services.GetServices<IHostedService>().ToArray();
        foreach (var service in services) await service.StartAsync(default);
        var first = identity.Current;
        Assert.True(await SiloDatabase.IsAliveAsync(database, first.Id));
        silo.Probe.Open("w may end");
        var worker = silo.Grains.GetGrain<IWorker>("w");
        Assert.Equal(1, await worker.Increment());

        await server.StopAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (first.Stopping.Register(stopped.SetResult)) await stopped.Task.WaitAsync(Silo.Patience);
        Assert.False(identity.MayWork);
        await silo.Probe.Noted("w ended RuntimeRequested");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => worker.Increment());
        await server.StartAsync();
        await Silo.Until(() => identity.MayWork && silo.Services.GetRequiredService<ISiloView>().Active.Count == 1, "the silo works again");
        Assert.Equal(1, await Again(() => worker.Increment()));
        Assert.NotEqual(first.Id, identity.Incarnation);
        Assert.True(await SiloDatabase.IsAliveAsync(database, identity.Incarnation));
        Assert.False(await SiloDatabase.IsAliveAsync(database, first.Id));
        foreach (var service in services) await service.StopAsync(default);
        Assert.False(await SiloDatabase.IsAliveAsync(database, identity.Incarnation));
    }

    /// <summary>Grains are called again a moment after the lease is there.</summary>
    private static async Task<T> Again<T>(Func<Task<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (SiloUnavailableException) when (TimeProvider.System.GetElapsedTime(started) < Silo.Patience)
            {
                await Task.Yield();
            }
        }
    }

    private static PostgresSiloTable Table(NpgsqlDataSource database, TimeSpan duration, string cluster = "default") =>
        new(database, Options.Create(new ClusterOptions { ClusterId = cluster }), Options.Create(new LeaseOptions { Duration = duration }));

    private static SiloMember NewSilo(string address) => new(Guid.NewGuid(), address, "silo", "1", "silo");
}
