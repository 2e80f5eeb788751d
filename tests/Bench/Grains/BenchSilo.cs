using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Grains;

/// <summary>A silo of Orleans alone in this process, with nothing of the product; its membership table is in memory.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly PortLease _port, _gateway;

    private BenchSilo(IHost host, PortLease port, PortLease gateway) => (_host, _port, _gateway) = (host, port, gateway);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>How many active silos it sees.</summary>
    public int Sees => _host.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values.Count(m => m.Status == SiloStatus.Active);

    /// <param name="name">Its name.</param>
    /// <param name="first">The one that keeps the membership table of its cluster; null: it does so itself.</param>
    public static async Task<BenchSilo> StartAsync(string name, BenchSilo? first)
    {
        var (port, gateway) = (PortLease.Take(), PortLease.Take());
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(port.Port, gateway.Port, new IPEndPoint(IPAddress.Loopback, (first?._port ?? port).Port), serviceId: "bench", clusterId: string.Create(CultureInfo.InvariantCulture, $"bench {(first?._port ?? port).Port}"));
            orleans.Configure<Orleans.Configuration.SiloOptions>(o => o.SiloName = name);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new BenchSilo(host, port, gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _port.Dispose();
        _gateway.Dispose();
    }
}
