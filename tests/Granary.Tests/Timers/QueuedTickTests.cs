using Granary.Activations;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Tests.Timers;

public sealed class QueuedTickTests
{
    [Fact]
    public async Task A_tick_that_waits_when_the_grain_leaves_wakes_no_other_activation()
    {
        await using var silo = Silo.Start();
        var ticker = silo.Grains.GetGrain<ITicker>("t");
        await ticker.Start("tick", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), interleave: false, keepAlive: false);
        var leave = ticker.HoldThenLeave("last call");
        await silo.Probe.Noted("last call held");
        silo.Clock.Advance(TimeSpan.FromSeconds(1));
        silo.Probe.Open("last call");
        await leave.WaitAsync(Silo.Patience);
        await silo.Probe.Noted("ended ApplicationRequested");
        await Silo.Until(() => silo.Services.GetRequiredService<ActivationDirectory>().Count == 0, "no activation is left");
        Assert.DoesNotContain("tick", silo.Probe.Notes);
    }
}
