using System.Globalization;
using System.Text.Json;
using Npgsql;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Cluster;

/// <summary>A <see cref="SimulatedSilo"/>, run by the host's own runtime settings.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string Announcement = "Now listening on: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ChildProcess _process;
    private readonly PortLease _port, _gateway;
    private readonly HttpClient _client;

    private SiloProcess(ChildProcess process, PortLease port, PortLease gateway, Uri address)
    {
        _process = process;
        (_port, _gateway) = (port, gateway);
        _client = new HttpClient { BaseAddress = address, Timeout = Patience };
    }

    /// <summary>Address and port, as the membership table has them.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port.Port}");

    public string LogPath => _process.LogPath;

    public static async Task<SiloProcess> StartAsync(int number, string database)
    {
        var (port, gateway) = (PortLease.Take(), PortLease.Take());
        var here = AppContext.BaseDirectory;
        var process = ChildProcess.Start(
            [
                "dotnet", "exec", "--runtimeconfig", Path.Combine(here, "postmill.runtimeconfig.json"), "--depsfile", Path.Combine(here, "Bench.deps.json"), Path.Combine(here, "Bench.dll"),
                SimulatedSilo.Verb, "--urls", "http://127.0.0.1:0",
            ],
            Path.Combine(TestWorkspace.NewDirectory("bench-silo"), "silo.log"), Settings(number, port.Port, gateway.Port, database));
        try
        {
            var line = await process.WaitForLineAsync("the silo listens", l => l.Contains(Announcement, StringComparison.Ordinal), Patience);
            await process.WaitForLineAsync("the silo has started", l => l.Contains("Application started", StringComparison.Ordinal), Patience);
            return new SiloProcess(process, port, gateway, new Uri(line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..].Trim()));
        }
        catch (InvalidOperationException)
        {
            await process.DisposeAsync();
            port.Dispose();
            gateway.Dispose();
            throw;
        }
    }

    /// <summary>Lags since the last asking; the rest as it stands.</summary>
    public async Task<SiloReport> ReportAsync() => JsonSerializer.Deserialize<SiloReport>(await _client.GetStringAsync(SimulatedSilo.Report))!;

    /// <summary>After a full collection.</summary>
    public async Task<ProcessMemory> MemoryAsync() => JsonSerializer.Deserialize<SiloReport>(await _client.GetStringAsync(SimulatedSilo.Collected))!.Memory;

    /// <summary>A password as the product stores it.</summary>
    public async Task<byte[]> SealAsync() => Convert.FromBase64String(await _client.GetStringAsync(SimulatedSilo.Seal));

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _port.Dispose();
        _gateway.Dispose();
    }

    private static Dictionary<string, string?> Settings(int number, int port, int gateway, string database) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
        ["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = SimulatedCluster.Connections }.ConnectionString,
        ["Postmill__Cluster__Name"] = "bench",
        ["Postmill__Cluster__SiloName"] = string.Create(CultureInfo.InvariantCulture, $"silo {number}"),
        ["Postmill__Cluster__Secret"] = "a secret between the silos of this bench",
        ["Postmill__Cluster__Port"] = port.ToString(CultureInfo.InvariantCulture),
        ["Postmill__Cluster__GatewayPort"] = gateway.ToString(CultureInfo.InvariantCulture),
        // Logins are paced for the sake of mail servers; here that pace would be what is measured. Runs at once keep the default.
        ["Postmill__Sync__OpeningsPerSecond"] = "100000",
        ["Postmill__Sync__OpeningsAtOnce"] = "10000",
        ["Postmill__Sync__HostOpeningsPerSecond"] = "100000",
        ["Postmill__Sync__HostOpeningsAtOnce"] = "10000",
    };
}
