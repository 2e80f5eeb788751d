using Granary.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Postmill.Testing;

namespace Granary.Tests.Calls;

public sealed class WireTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start(services =>
    {
        services.AddSingleton<CallWire>();
        services.AddSingleton<AnswerWire>();
        services.AddSingleton(provider => new Lazy<CallWire>(provider.GetRequiredService<CallWire>));
        services.Replace(ServiceDescriptor.Singleton<ICallRouter, WireRouter>());
    });

    private readonly Silo _hourAhead = Silo.Start(services =>
    {
        services.AddSingleton<TimeProvider>(new ManualClock(new ManualClock().GetUtcNow().AddHours(1)));
        services.AddSingleton<CallWire>();
    });

    private IKeeper Keeper => _silo.Grains.GetGrain<IKeeper>(Guid.NewGuid());

    public async ValueTask DisposeAsync()
    {
        _silo.Probe.Open("w may end");
        await _silo.DisposeAsync();
        await _hourAhead.DisposeAsync();
    }

    [Fact]
    public async Task Arguments_and_results_travel_as_bytes()
    {
        var answer = await Keeper.Many([new Note(), new Note { Lines = ["x"] }], new() { ["a"] = null }, [1, 2]);
        Assert.Equal("1 2", answer[0].Text);
        Assert.Equal(["x"], answer[1].Lines);
        Assert.Equal(42, await _silo.Grains.GetGrain<IWorker>("w").Twice(21));
        var keeper = Keeper;
        Assert.Equal(keeper.GetGrainId(), (await keeper.Self()).GetGrainId());
    }

    [Fact]
    public async Task A_stream_travels_as_bytes()
    {
        var items = new List<int>();
        await foreach (var item in _silo.Grains.GetGrain<IStreamer>("s").Count(250)) items.Add(item);
        Assert.Equal(Enumerable.Range(1, 250), items);
    }

    [Fact]
    public async Task A_failed_stream_gives_its_items_and_then_its_fault()
    {
        var items = new List<int>();
        await Assert.ThrowsAsync<SpentException>(async () =>
        {
            await foreach (var item in _silo.Grains.GetGrain<IStreamer>("s").Failing(2)) items.Add(item);
        });
        Assert.Equal([1, 2], items);
    }

    [Fact]
    public async Task A_fault_of_an_unknown_type_travels_as_its_text()
    {
        var fault = await Assert.ThrowsAsync<OrleansException>(() => _silo.Grains.GetGrain<IWorker>("w").Throw("boom"));
        Assert.Contains("UnknownWordException: boom", fault.Message, StringComparison.Ordinal);
        Assert.Contains("WorkerGrain.Throw", fault.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_reaches_the_other_end()
    {
        using var cancel = new CancellationTokenSource();
        var call = _silo.Grains.GetGrain<IWorker>("w").Patient("patient", cancel.Token);
        await _silo.Probe.Noted("patient begins");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Silo.Patience));
        await _silo.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public void A_deadline_travels_as_what_is_left_of_it_and_never_as_a_time_of_day()
    {
        var method = _silo.Services.GetRequiredService<GrainCalls>().Interface(typeof(IWorker)).Find("Increment/0")!;
        var call = new GrainCall { Target = GrainId.Parse("worker/w"), Method = method, Timeout = TimeSpan.FromSeconds(9), ExpiresAt = _silo.Clock.GetTimestamp() + TimeSpan.FromSeconds(5).Ticks };
        var there = _hourAhead.Services.GetRequiredService<CallWire>().Read(_silo.Services.GetRequiredService<CallWire>().Write(call));
        Assert.Equal(TimeSpan.FromSeconds(5), there.Timeout);
        Assert.Equal(_hourAhead.Services.GetRequiredService<TimeProvider>().GetTimestamp() + TimeSpan.FromSeconds(5).Ticks, there.ExpiresAt);
    }

    [Fact]
    public void Bytes_can_only_name_methods_of_grains_that_are_here()
    {
        var wire = _silo.Services.GetRequiredService<CallWire>();
        var method = _silo.Services.GetRequiredService<GrainCalls>().Interface(typeof(IWorker)).Find("Increment/0")!;
        GrainCall To(string target) => new() { Target = GrainId.Parse(target), Method = method, Timeout = TimeSpan.FromSeconds(1), ExpiresAt = 0 };
        Assert.Equal("worker/w", wire.Read(wire.Write(To("worker/w"))).Target.ToString());
        Assert.Throws<SerializerException>(() => wire.Read(wire.Write(To("keeper/k"))));
        Assert.Throws<SerializerException>(() => wire.Read(wire.Write(To("nobody/n"))));
        var good = wire.Write(To("worker/w"));
        for (var length = 0; length < good.Length; length++) Assert.Throws<SerializerException>(() => wire.Read(good.AsSpan(0, length)));
    }
}
