using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Granary.Cluster;
using Granary.Drain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Granary.Tests.Cluster;

public sealed class MembershipTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Silo _silo = Silo.Start(services =>
    {
        services.AddSingleton<ISiloTable, ScriptedSiloTable>();
        services.AddGranaryMembership();
    });

    private ScriptedSiloTable Table => (ScriptedSiloTable)_silo.Services.GetRequiredService<ISiloTable>();

    private ISiloIdentity Identity => _silo.Services.GetRequiredService<ISiloIdentity>();

    public ValueTask DisposeAsync()
    {
        _silo.Probe.Open("w may end");
        return _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_that_renews_goes_on_working_far_beyond_one_lease()
    {
        await StartAsync();
        var first = Identity.Incarnation;
        for (var renewals = 0; renewals < 12; renewals++) await _silo.AdvanceUntil(_silo.Probe.Noted("renew"), Second);
        Assert.True(Identity.MayWork);
        Assert.Equal(first, Identity.Incarnation);
        Assert.Single(_silo.Services.GetRequiredService<ISiloView>().Active);
    }

    [Fact]
    public async Task When_another_silos_lease_ends_it_looks_at_once_and_not_with_the_next_renewal()
    {
        await StartAsync();
        Table.FirstEnd = Second;
        for (var renewals = 0; renewals < 2; renewals++) await _silo.AdvanceUntil(_silo.Probe.Noted("renew"), Second / 10); // that of the start, and one that sees it
        var seen = _silo.Clock.GetUtcNow();
        await _silo.AdvanceUntil(_silo.Probe.Noted("renew"), Second / 10);
        Assert.InRange(_silo.Clock.GetUtcNow() - seen, Second, 2 * Second);
    }

    [Fact]
    public async Task Failed_renewals_and_a_lost_lease_are_counted()
    {
        await StartAsync();
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == "Granary") self.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted.AddOrUpdate(instrument.Name, value, (_, before) => before + value));
        listener.Start();
        Table.OnRenew = _ => Task.FromException<bool>(new IOException("The database is away."));
        await _silo.AdvanceUntil(Cancelled(Identity.Stopping), Second);
        Assert.InRange(counted["granary.lease.renewals.failed"], 3, long.MaxValue);
        Assert.InRange(counted["granary.lease.lost"], 1, long.MaxValue);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_stops_before_the_lease_ends_when_it_cannot_be_renewed(bool hangs)
    {
        await StartAsync();
        await _silo.Grains.GetGrain<IWorker>("w").Increment();
        _silo.Probe.Open("w may end");
        var (stopping, started) = (Identity.Stopping, _silo.Clock.GetUtcNow());
        Table.OnRenew = token => hangs ? new TaskCompletionSource<bool>().Task : Task.FromException<bool>(new IOException("The database is away."));
        Table.OnRegister = _ => Task.FromException<bool>(new IOException("The database is away."));
        await _silo.AdvanceUntil(Cancelled(stopping), Second / 10);
        Assert.InRange(_silo.Clock.GetUtcNow() - started, TimeSpan.Zero, 16 * Second);
        Assert.False(Identity.MayWork);
        await _silo.AdvanceUntil(_silo.Probe.Noted("w ended RuntimeRequested"), Second / 10);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _silo.Grains.GetGrain<IWorker>("w").Increment());
    }

    [Fact]
    public async Task The_right_to_work_ends_with_the_clock_even_before_anybody_notices()
    {
        await StartAsync();
        Table.OnRenew = _ => new TaskCompletionSource<bool>().Task;
        _silo.Clock.Advance(15 * Second);
        Assert.False(Identity.MayWork);
    }

    [Fact]
    public async Task When_the_database_is_back_the_silo_joins_as_another_incarnation_and_works_again()
    {
        await StartAsync();
        var first = Identity.Current;
        Table.OnRenew = _ => Task.FromException<bool>(new IOException("The database is away."));
        Table.OnRegister = Table.OnRenew;
        await _silo.AdvanceUntil(Cancelled(first.Stopping), Second);
        Table.OnRenew = _ => Task.FromResult(true);
        Table.OnRegister = _ => Task.FromResult(true);
        await _silo.AdvanceUntil(_silo.Probe.Noted("register"), Second);
        await _silo.AdvanceUntil(WorksAgain(), Second);
        Assert.NotEqual(first.Id, Identity.Incarnation);
        Assert.False(Identity.Stopping.IsCancellationRequested);
        Assert.Equal(first.Id, Table.Registered[^1].Previous);
        Assert.Null(Table.Registered[0].Previous);
    }

    [Fact]
    public async Task A_silo_declared_dead_stops_at_once_and_does_not_come_back_while_its_address_is_taken()
    {
        await StartAsync();
        var first = Identity.Current;
        Table.OnRegister = _ => Task.FromResult(false);
        Table.OnRenew = _ => Task.FromResult(false);
        await _silo.AdvanceUntil(Cancelled(first.Stopping), Second);
        await _silo.AdvanceUntil(_silo.Probe.Noted("register"), Second);
        for (var attempts = 0; attempts < 3; attempts++) await _silo.AdvanceUntil(_silo.Probe.Noted("register"), Second);
        Assert.False(Identity.MayWork);
        Table.OnRenew = _ => Task.FromResult(true);
        Table.OnRegister = _ => Task.FromResult(true);
        await _silo.AdvanceUntil(WorksAgain(), Second);
    }

    [Fact]
    public async Task A_silo_that_gets_no_lease_does_not_start()
    {
        Table.OnRegister = _ => Task.FromException<bool>(new IOException("The database is away."));
        await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(StartAsync(), Second));
    }

    [Fact]
    public async Task Draining_marks_the_silo_first_and_releases_its_lease_last()
    {
        await StartAsync();
        await _silo.Grains.GetGrain<IWorker>("w").Increment();
        _silo.Probe.Open("w may end");
        await _silo.Services.GetRequiredService<ISiloDrain>().RunAsync().WaitAsync(Silo.Patience);
        Assert.Equal(["draining", "w ended ShuttingDown", "release"], _silo.Probe.Notes.Where(n => n is "draining" or "release" or "w ended ShuttingDown"));
        Assert.False(Identity.MayWork);
    }

    [Fact]
    public void Times_that_do_not_fit_together_are_refused()
    {
        var validation = new LeaseOptionsValidation();
        Assert.True(validation.Validate(null, new LeaseOptions()).Succeeded);
        Assert.True(validation.Validate(null, new LeaseOptions { Duration = 14 * Second }).Failed);
        Assert.True(validation.Validate(null, new LeaseOptions { RenewEvery = TimeSpan.Zero }).Failed);
    }

    private static Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }

    private async Task StartAsync()
    {
        var services = _silo.Services.GetServices<IHostedService>().ToArray();
        foreach (var service in services.OfType<IHostedLifecycleService>()) await service.StartingAsync(CancellationToken.None);
        foreach (var service in services) await service.StartAsync(CancellationToken.None);
    }

    private async Task WorksAgain()
    {
        while (true)
        {
            try
            {
                await _silo.Grains.GetGrain<IWorker>("v").Increment();
                return;
            }
            catch (SiloUnavailableException)
            {
                await Task.Yield();
            }
        }
    }
}
