using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Host.Settings;
using Postmill.Host.Start;

namespace Postmill.Bench.Cluster;

/// <summary>The host as it is but for the mail servers, which are simulated; three routes say what the bench wants to know. Runs in a process of its own.</summary>
internal static class SimulatedSilo
{
    public const string Verb = "silo", Report = "/bench/report", Collected = "/bench/collected", Seal = "/bench/seal";

    public static async Task<int> RunAsync(string[] args)
    {
        using var lags = new LagRecord();
        var builder = Host.Program.Compose(args);
        builder.Services.Replace(ServiceDescriptor.Singleton<IMailboxes, SimulatedMailboxes>());
        builder.CheckSettings();
        await using var app = Host.Program.Build(builder);
        app.MapGet(Report, () => Json(ReportOf(lags.Take(), ProcessMemory.Now())));
        app.MapGet(Collected, () => Json(ReportOf([], ProcessMemory.Collected())));
        app.MapGet(Seal, (ISecretBox box) => Results.Text(Convert.ToBase64String(box.Seal("bench"))));
        await app.OpenStorageAsync(CancellationToken.None);
        await app.RunAsync();
        return 0;
    }

    private static SiloReport ReportOf(double[] lags, ProcessMemory memory) => new(
        lags, Environment.CpuUsage.TotalTime.TotalSeconds, memory, [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(GC.CollectionCount)], GC.GetTotalAllocatedBytes());

    // Not by the host's own JSON settings: they are for the public page.
    private static IResult Json(SiloReport report) => Results.Text(JsonSerializer.Serialize(report), "application/json");
}
