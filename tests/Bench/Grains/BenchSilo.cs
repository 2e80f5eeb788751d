using System.Net;
using Granary;
using Granary.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans;
using Orleans.Configuration;

namespace Postmill.Bench.Grains;

/// <summary>A silo of the engine alone in this process.</summary>
internal sealed class BenchSilo : IAsyncDisposable
{
    private const string Secret = "a secret between the silos of this bench";
    private readonly IHost _host;

    private BenchSilo(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>How many active silos it sees.</summary>
    public int Sees => _host.Services.GetRequiredService<ISiloView>().Active.Count;

    /// <param name="name">Its name.</param>
    /// <param name="database">Where its cluster's silo table is; null: it stands alone, without a port.</param>
    public static async Task<BenchSilo> StartAsync(string name, NpgsqlDataSource? database)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddGranary(o => o.SiloName = name, typeof(EchoGrain).Assembly);
        if (database is not null)
        {
            builder.Services.AddSingleton(database);
            builder.Services.Configure<EndpointOptions>(o => (o.AdvertisedIPAddress, o.SiloPort) = (IPAddress.Loopback, 0));
            builder.Services.AddGranaryMembership();
            builder.Services.AddGranaryTransport(o => o.Secret = Secret);
        }

        var host = builder.Build();
        await host.StartAsync();
        return new BenchSilo(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
