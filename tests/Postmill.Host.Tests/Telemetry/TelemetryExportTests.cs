using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Postmill.Domain.Feed;
using Postmill.Host.Settings;

namespace Postmill.Host.Tests.Telemetry;

public sealed class TelemetryExportTests
{
    private const string Away = "does not take them", Back = "takes metrics again";

    [Fact]
    public async Task A_counter_arrives_with_the_name_of_its_silo()
    {
        await using var collector = await Collector.StartAsync();
        await using var host = await StartAsync(collector, ("Postmill:Cluster:SiloName", "silo-of-this-test"), ("Postmill:Cluster:Name", "cluster-of-this-test"));
        using var meter = new Meter("Postmill.Probe");
        var counter = meter.CreateCounter<long>("postmill.probe.turned");
        using (await host.NewClient().GetAsync("/health/live")) counter.Add(7);
        await Eventually.TrueAsync("the collector has it", () => Task.FromResult(collector.Has(
            "postmill.probe.turned", "silo-of-this-test", "service.instance.id", "cluster-of-this-test", "http.server.request.duration", "dotnet.gc.collections")));
    }

    [Fact]
    public async Task Orleans_meters_and_the_way_of_a_request_from_the_server_to_the_grain_arrive()
    {
        await using var collector = await Collector.StartAsync();
        await using var host = await StartAsync(collector, ("Postmill:Telemetry:TraceRatio", "1"));
        var user = await host.SignUpAsync();
        await host.Services.GetRequiredService<IGrainFactory>().Feed(user.UserId).Where();
        await Eventually.TrueAsync("the collector has the meters", () => Task.FromResult(collector.Has("orleans-catalog-activations")));
        await Eventually.TrueAsync("the collector has the traces", () => Task.FromResult(collector.Has("Microsoft.Orleans.Application", "IFeedGrain/Where") && collector.Has("POST /api/auth/sign-up")));
    }

    [Fact]
    public async Task Nothing_is_traced_that_was_not_asked_for()
    {
        await using var collector = await Collector.StartAsync();
        await using var host = await StartAsync(collector, ("Postmill:Telemetry:TraceRatio", "0"));
        await host.SignUpAsync();
        await Eventually.TrueAsync("the collector has the meters", () => Task.FromResult(collector.Has("orleans-catalog-activations")));
        await host.StopAsync();
        Assert.False(collector.Has("POST /api/auth/sign-up"));
    }

    [Fact]
    public async Task The_last_counts_go_out_when_the_host_ends()
    {
        await using var collector = await Collector.StartAsync();
        await using var host = await StartAsync(collector, ("Postmill:Telemetry:IntervalSeconds", "3600"));
        using var meter = new Meter("Postmill.Probe");
        meter.CreateCounter<long>("postmill.probe.last").Add(1);
        Assert.Equal(0, collector.Count);
        await host.StopAsync();
        Assert.True(collector.Has("postmill.probe.last"));
    }

    [Fact]
    public async Task A_collector_that_refuses_is_one_warning_and_its_return_one_line()
    {
        await using var collector = await Collector.StartAsync();
        collector.Status = 503;
        await using var host = await StartAsync(collector);
        await Eventually.TrueAsync("it was tried several times", () => Task.FromResult(collector.Count >= 3));
        collector.Status = 200;
        await Eventually.TrueAsync("the host noticed", () => Task.FromResult(Lines(host, Back).Count == 1));
        Assert.StartsWith("Warning", Assert.Single(Lines(host, Away)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_hangs_delays_the_end_by_no_more_than_its_limit()
    {
        await using var collector = await Collector.StartAsync();
        collector.Status = null;
        await using var host = await StartAsync(collector, ("Postmill:Telemetry:TimeoutSeconds", "1"));
        await Eventually.TrueAsync("an export hangs", () => Task.FromResult(collector.Count > 0));
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        // The exporter's own thread tells it; the end does not wait for that.
        await Eventually.TrueAsync("it is told", () => Task.FromResult(Lines(host, Away).Count > 0));
        Assert.Single(Lines(host, Away));
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("http://user:secret@collector")]
    public async Task An_address_that_is_none_stops_the_start(string endpoint)
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => HostFixture.StartAsync(new()
        {
            ConnectionString = "Host=nowhere.invalid",
            Settings = new Dictionary<string, string> { ["Postmill:Telemetry:OtlpEndpoint"] = endpoint },
        }));
        Assert.Contains("Postmill:Telemetry:OtlpEndpoint", refused.Message, StringComparison.Ordinal);
    }

    private static List<string> Lines(HostFixture host, string text) => [.. host.Logs.Lines.Where(l => l.Contains(text, StringComparison.Ordinal))];

    private static Task<HostFixture> StartAsync(Collector collector, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string> { ["Postmill:Telemetry:OtlpEndpoint"] = collector.Address, ["Postmill:Telemetry:IntervalSeconds"] = "1" };
        foreach (var (name, value) in more) settings[name] = value;
        return HostFixture.StartAsync(new() { Settings = settings });
    }
}
