using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Granary.Tests.Transport;

public sealed class PortMetersTests
{
    [Fact]
    public async Task Calls_between_silos_are_no_requests_of_the_hosts_own_server()
    {
        var measured = new ConcurrentDictionary<string, byte>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured.TryAdd($"{instrument.Meter.Name} {instrument.Name}", 0));
        listener.Start();
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"])).Where();
        await cluster["b"].CutAsync();
        Assert.Contains("Granary.Microsoft.AspNetCore.Hosting http.server.request.duration", measured.Keys);
        Assert.DoesNotContain(measured.Keys, m => m.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }
}
