using System.Net;
using Granary.Cluster;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Hosting;
using Postmill.Adapters.Postgres;
using Postmill.Grains.Accounts;
using Postmill.Host.Start;

namespace Postmill.Host;

/// <summary>
/// Microsoft Orleans, with its membership table in our PostgreSQL; compiled with <c>-p:Engine=Orleans</c> only. Orleans says where a grain runs, the silo's row in
/// our own table (<see cref="SiloLease"/>) who may write for an account.
/// </summary>
internal static class EngineHosting
{
    public const string Name = "orleans";

    private const string Invariant = "Npgsql";

    /// <summary>Calls that may wait for one grain; as on Granary.</summary>
    private const int MostQueuedCalls = 10_000;

    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30), EndOfGrain = TimeSpan.FromSeconds(20);

    public static void AddEngine(WebApplicationBuilder builder, ClusterSettings settings, IPAddress advertised)
    {
        builder.Services.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = settings.Name);
        // Before the silo: no grain may run without a lease; and given back after it, because services stop in the reverse order.
        builder.Services.AddOptions<LeaseOptions>();
        builder.Services.AddSingleton<ISiloTable, PostgresSiloTable>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SiloLease>(services, settings, advertised));
        builder.Services.AddSingleton<ISiloIncarnation>(services => services.GetRequiredService<SiloLease>());
        builder.Services.AddHostedService(services => services.GetRequiredService<SiloLease>());
        if (settings.Role == ClusterRole.Front) builder.UseOrleansClient(AddFront);
        else builder.UseOrleans(silo => AddSilo(silo, settings, advertised));
    }

    private static void AddSilo(ISiloBuilder silo, ClusterSettings settings, IPAddress advertised)
    {
        if (settings.SiloName.Length > 0) silo.Configure<SiloOptions>(o => o.SiloName = settings.SiloName);
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = CallDeadline;
            o.MaxEnqueuedRequestsHardLimit = MostQueuedCalls;
        });
        silo.Configure<GrainCollectionOptions>(o => o.DeactivationTimeout = EndOfGrain);
        // Fronts reach a silo at the port after its own.
        silo.ConfigureEndpoints(advertised, settings.Port, settings.Port + 1, listenOnAnyHostAddress: !IPAddress.IsLoopback(advertised));
        silo.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) => options.Configure<NpgsqlDataSource>((o, database) =>
        {
            o.Invariant = Invariant;
            o.DataSource = database;
        }));
    }

    private static void AddFront(IClientBuilder client)
    {
        client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = CallDeadline);
        client.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringClientOptions> options) => options.Configure<NpgsqlDataSource>((o, database) =>
        {
            o.Invariant = Invariant;
            o.DataSource = database;
        }));
    }

    /// <summary>The steps; Orleans ends its silo when the host stops it, after them.</summary>
    public static async Task DrainAsync(IServiceProvider services, IReadOnlyList<DrainStep> steps)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger<Drain>();
        await services.GetRequiredService<SiloLease>().DrainAsync();
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
    /// The silo table, the same as Granary's. Orleans' own tables are made by the scripts of the Orleans version in use (PostgreSQL-Main.sql and
    /// PostgreSQL-Clustering.sql of its sources), which the operator runs once.
    /// </summary>
    public static IEnumerable<PostgresMigratorScript> Migrations() => GranarySchema.Scripts.Select((script, at) =>
        new PostgresMigratorScript(PostgresMigratorScript.FirstEngineVersion + 1 + at, script.Name, script.Sql));
}
