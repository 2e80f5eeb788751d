using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Postmill.Adapters.Postgres;
using Postmill.Host.Start;

namespace Postmill.Host;

/// <summary>Microsoft Orleans, with its membership table in our PostgreSQL. Compiled with <c>-p:Engine=Orleans</c> only.</summary>
internal static class EngineHosting
{
    public const string Name = "orleans";
    private const string Invariant = "Npgsql";

    public static void AddEngine(WebApplicationBuilder builder, ClusterSettings settings, IPAddress advertised)
    {
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = settings.Name);
            if (settings.SiloName.Length > 0) silo.Configure<SiloOptions>(o => o.SiloName = settings.SiloName);
            silo.ConfigureEndpoints(advertised, siloPort: settings.Port, gatewayPort: 0, listenOnAnyHostAddress: !IPAddress.IsLoopback(advertised));
            // The address is known only once the storage is open; these options are read after that.
            silo.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) => options.Configure<Storage>((o, storage) =>
            {
                o.Invariant = Invariant;
                o.ConnectionString = storage.ConnectionString;
            }));
        });
    }

    /// <summary>The steps; Orleans ends its silo when the host stops it, after them.</summary>
    public static async Task DrainAsync(IServiceProvider services, IReadOnlyList<DrainStep> steps)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Drain));
        foreach (var stage in steps.GroupBy(s => s.Stage).OrderBy(g => g.Key)) await Task.WhenAll(stage.Select(RunAsync));

        async Task RunAsync(DrainStep step)
        {
            using var timeout = new CancellationTokenSource(step.Within, services.GetRequiredService<TimeProvider>());
            try
            {
                await step.Action(timeout.Token).WaitAsync(timeout.Token);
            }
            catch (Exception fault)
            {
                // The edge where a failed or slow part of the end is logged; the end goes on.
                DrainLog.StepFailed(logger, fault, step.Stage, step.Name);
            }
        }
    }

    /// <summary>
    /// None: Orleans' tables are made by the scripts of the Orleans version in use (PostgreSQL-Main.sql and PostgreSQL-Clustering.sql of its sources),
    /// which the operator runs once.
    /// </summary>
    public static IEnumerable<PostgresMigratorScript> Migrations() => [];
}
