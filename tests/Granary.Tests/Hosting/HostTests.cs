using Granary.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Tests.Hosting;

public sealed class HostTests
{
    [Fact]
    public async Task A_host_runs_the_silo_and_ends_its_activations_before_its_own_services()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var silo = builder.AddGranary(options => options.SiloName = "one", typeof(WorkerGrain).Assembly);
        silo.Services.AddSingleton<Probe>();
        silo.Services.Configure<ClusterOptions>(options => options.ClusterId = "test");
        silo.Services.AddHostedService<Last>();
        using var host = builder.Build();
        await host.StartAsync();
        var probe = host.Services.GetRequiredService<Probe>();
        var client = host.Services.GetRequiredService<IClusterClient>();
        Assert.Equal(1, await client.GetGrain<IWorker>("w").Increment());
        Assert.Equal(("one", "test"), (host.Services.GetRequiredService<ILocalSiloDetails>().Name, host.Services.GetRequiredService<ILocalSiloDetails>().ClusterId));
        probe.Open("w may end");
        await host.StopAsync();
        Assert.Equal(["w activated", "w ended ShuttingDown", "host stops"], probe.Notes);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => client.GetGrain<IWorker>("w").Increment());
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_and_are_named()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddGranary(options => options.EnumerationBatchSize = 0);
        using var host = builder.Build();
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(nameof(GranaryOptions.EnumerationBatchSize), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_without_calls_between_silos_does_not_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddGranary(options => options.Role = SiloRoles.Front);
        using var host = builder.Build();
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("Role is front, which runs no grains, but there are no calls to other silos", fault.Message, StringComparison.Ordinal);
    }

    private sealed class Last(Probe probe) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            probe.Note("host stops");
            return Task.CompletedTask;
        }
    }
}
