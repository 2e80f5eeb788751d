using Granary.Calls;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Tests.Transport;

public sealed class CallTests
{
    [Fact]
    public async Task A_cancellation_reaches_the_grain_on_the_other_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        using var cancel = new CancellationTokenSource();
        var call = cluster["a"].Grains.GetGrain<IWorker>(cluster.KeyOn("worker", cluster["b"])).Patient("patient", cancel.Token);
        await cluster.Probe.Noted("patient begins");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Silo.Patience));
        await cluster.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_deadline_ends_the_wait_and_cancels_the_call_on_the_other_silo()
    {
        await using var cluster = await TestCluster.StartAsync("b");
        var caller = await cluster.AddAsync("a", null, services =>
        {
            services.Configure<GranaryOptions>(o => o.EnumerationPollTime = TimeSpan.FromMilliseconds(100));
            services.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMilliseconds(500));
        });
        await cluster["b"].LookAsync();
        var call = caller.Grains.GetGrain<IWorker>(cluster.KeyOn("worker", cluster["b"])).Patient("patient", CancellationToken.None);
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Silo.Patience));
        await cluster.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_one_way_call_is_run_on_the_other_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await cluster["a"].Grains.GetGrain<IWorker>(cluster.KeyOn("worker", cluster["b"])).Tell("told");
        await cluster.Probe.Noted("told");
    }

    [Fact]
    public async Task More_calls_than_a_silo_takes_are_refused_and_the_others_still_run()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.AddAsync("b", o => o.MaxConcurrentCalls = 2);
        await cluster["a"].LookAsync();
        var worker = cluster["a"].Grains.GetGrain<IWorker>(cluster.KeyOn("worker", cluster["b"]));
        var (first, second) = (worker.Read("first"), worker.Read("second"));
        await cluster.Probe.Noted("first begins");
        await cluster.Probe.Noted("second begins");
        var fault = await Assert.ThrowsAsync<LimitExceededException>(() => worker.Peek().WaitAsync(Silo.Patience));
        Assert.Contains("b at", fault.Message, StringComparison.Ordinal);
        cluster.Probe.Open("first");
        cluster.Probe.Open("second");
        Assert.Equal("first second", $"{await first.WaitAsync(Silo.Patience)} {await second.WaitAsync(Silo.Patience)}");
        Assert.Equal("peeked", await worker.Peek().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task Large_values_travel_up_to_the_limit_and_larger_ones_are_refused_by_name()
    {
        await using var cluster = await TestCluster.StartAsync("b");
        await cluster.AddAsync("a", o => o.MaxMessageBytes = 4 * 1024 * 1024);
        await cluster["b"].LookAsync();
        var placed = cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"]));
        Assert.Equal(3_000_000, (await placed.Echo(new byte[3_000_000])).Length);
        var fault = await Assert.ThrowsAsync<SerializerException>(() => placed.Echo(new byte[5_000_000]));
        Assert.Contains("at most 4194304", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_says_that_the_call_has_run()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await cluster.AddAsync("b", o => o.MaxMessageBytes = 10_000);
        await cluster["a"].LookAsync();
        var fault = await Assert.ThrowsAsync<OrleansException>(() => cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"])).Large(20_000));
        Assert.Contains("has run, but its answer takes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_the_other_silo_does_not_know_is_a_refusal_that_names_it()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var method = cluster["a"].Services.GetRequiredService<GrainCalls>().Interface(typeof(IWorker)).Find("Increment/0")!;
        var call = new GrainCall { Target = GrainId.Create("placed", "x"), Method = method, Timeout = Silo.Patience, ExpiresAt = long.MaxValue };
        var answer = await cluster["a"].Services.GetRequiredService<SiloClient>().SendAsync(cluster["b"].Self, call);
        var fault = await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => answer.Outcome!);
        Assert.Contains("placed/x has no test.worker.Increment/0 here", fault.Message, StringComparison.Ordinal);
    }
}
