using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Postmill.Grains;
using Postmill.Host.Cluster;
using Postmill.Host.Tests.Live;
using Postmill.Host.Tests.Sync;
using Postmill.Testing;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Readiness off → sweeps off → sockets closed with 1001 → waits inside grains let go → activations finish → the silo leaves.</summary>
public sealed class DrainOrderTests
{
    [Fact]
    public async Task Each_stage_begins_when_the_one_before_is_over()
    {
        var notes = new ConcurrentQueue<string>();
        var (sweeper, last) = (new ProbeSweeper(), new ProbeService());
        await using var world = await MailWorld.StartAsync(
            new Dictionary<string, string> { ["Postmill:Live:CloseSeconds"] = "5" },
            host: new HostFixtureOptions
            {
                Configure = b =>
                {
                    b.Services.AddSingleton<IHostedService>(sweeper);
                    b.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(last)); // what starts first stops last
                },
            });
        var host = world.Host;
        var account = await world.ConnectAndSyncAsync();
        using var socket = await OpenAsync(host, await HostFixture.NewKeyAsync(world.User, "read"));
        sweeper.OnStop = async () => notes.Enqueue($"sweeps: {await StateAsync(host, account)}, ready {await ReadyAsync(host)}, socket {socket.State}");
        last.OnStop = async () => notes.Enqueue($"last: {await StateAsync(host, account)}");

        var stopping = host.StopAsync();
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        var close = await socket.ReceiveAsync(new byte[100], patience.Token);
        notes.Enqueue($"{close.MessageType} {(int?)socket.CloseStatus}: {await StateAsync(host, account)}");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        await stopping.WaitAsync(LiveHost.Patience);

        Assert.Equal(["sweeps: silo draining, account owned, ready ServiceUnavailable, socket Open", "Close 1001: silo draining, account owned", "last: silo dead, account free"], notes);
        Assert.DoesNotContain(host.Logs.Lines, l => l.Contains("did not end in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_looks_for_work_is_known_as_a_sweeper()
    {
        await using var host = await HostFixture.StartAsync();
        var names = host.Services.GetServices<IHostedService>().OfType<ISweeper>().Select(s => s.GetType().Name);
        Assert.Superset(new HashSet<string> { "SyncSweeper", "FeedRetention" }, names.ToHashSet());
        await host.StopAsync();
        Assert.All(host.Services.GetServices<IHostedService>().OfType<BackgroundService>().Where(s => s is ISweeper), s => Assert.True(s.ExecuteTask!.IsCompleted));
    }

    // The clock stands still: whatever waited for time to pass would wait for ever.
    [Fact]
    public async Task An_idle_silo_ends_without_waiting_for_anything()
    {
        await using var host = await HostFixture.StartAsync(new() { Configure = b => b.Services.AddSingleton<TimeProvider>(new ManualClock()) });
        await host.StopAsync().WaitAsync(LiveHost.Patience);
        Assert.DoesNotContain(host.Logs.Lines, l => l.Contains("did not end in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_longest_drain_that_settings_allow_fits_into_150_seconds()
    {
        await using var host = await HostFixture.StartAsync(new()
        {
            Settings = new Dictionary<string, string> { ["Postmill:Http:DrainDelaySeconds"] = "60", ["Postmill:Http:DrainTimeoutSeconds"] = "35" },
            Configure = b => b.Services.AddSingleton<TimeProvider>(new ManualClock()),
        });
        var limit = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout;
        Assert.InRange(limit, TimeSpan.FromSeconds(140), TimeSpan.FromSeconds(150));
        var stopping = host.StopAsync();
        var clock = (ManualClock)host.Services.GetRequiredService<TimeProvider>();
        await Eventually.TrueAsync("the delay has passed", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(60));
            return Task.FromResult(stopping.IsCompleted);
        });
    }

    private static async Task<ClientWebSocket> OpenAsync(HostFixture host, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/mail/ws/inbox"), patience.Token);
        return socket;
    }

    private static async Task<HttpStatusCode> ReadyAsync(HostFixture host)
    {
        using var answer = await host.NewClient().GetAsync("/health/ready");
        return answer.StatusCode;
    }

    private static async Task<string> StateAsync(HostFixture host, Guid account) => $"silo {await SiloAsync(host)}, {await OwnerAsync(host, account)}";

    private static async Task<string> SiloAsync(HostFixture host) =>
        (string)(await ScalarAsync(
            host, "SELECT CASE WHEN s.status = 'active' AND n.draining_at IS NOT NULL THEN 'draining' ELSE s.status END FROM silo s JOIN node n ON n.id = s.owner WHERE s.owner = $1", ClusterHosts.Owner(host)))!;

    private static async Task<string> OwnerAsync(HostFixture host, Guid account) =>
        (bool)(await ScalarAsync(host, "SELECT owner IS NULL FROM account WHERE id = $1", account))! ? "account free" : "account owned";

    private static async Task<object?> ScalarAsync(HostFixture host, string sql, object id)
    {
        await using var database = NpgsqlDataSource.Create(host.ConnectionString + ";Pooling=false");
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync();
    }

    private sealed class ProbeSweeper : ProbeService, ISweeper;

    private class ProbeService : IHostedService
    {
        public Func<Task>? OnStop { get; set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // The host stops it once more when everything else has ended.
        public Task StopAsync(CancellationToken cancellationToken)
        {
            var once = OnStop;
            OnStop = null;
            return once?.Invoke() ?? Task.CompletedTask;
        }
    }
}
