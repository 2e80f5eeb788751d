using Granary.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace Granary.Tests.Streams;

public sealed class PollTests
{
    [Fact]
    public async Task A_reader_waits_longer_than_one_call_may_take()
    {
        var limit = TimeSpan.FromMinutes(5);
        await using var silo = Silo.Start(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<ICallRouter, NotingRouter>());
            services.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = limit);
        });
        var began = silo.Clock.GetUtcNow();
        await using var reader = silo.Grains.GetGrain<IStreamer>("s").Gated(1).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        await silo.Probe.Noted("before 1");
        while (silo.Clock.GetUtcNow() - began <= limit) await silo.AdvanceUntil(silo.Probe.Noted(nameof(GrainCallKind.NextBatch)), TimeSpan.FromSeconds(1));
        silo.Probe.Open("item 1");
        Assert.True(await silo.AdvanceUntil(first, TimeSpan.FromSeconds(1)));
    }
}
