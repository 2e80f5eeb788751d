using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postmill.Host.Access;
using Postmill.Testing;

namespace Postmill.Host.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_started_host_is_live_ready_and_started_and_tells_no_internals()
    {
        await using var host = await HostFixture.StartAsync();
        var client = host.NewClient();
        Assert.Equal("""{"status":"ok","checks":{}}""", await client.GetStringAsync("/health/live"));
        Assert.Equal("""{"status":"ok","checks":{"phase":"ready","database":"ok"}}""", await client.GetStringAsync("/health/ready"));
        Assert.Equal("""{"status":"ok","checks":{"phase":"ready"}}""", await client.GetStringAsync("/health/startup"));
    }

    [Fact]
    public async Task While_it_starts_it_is_live_says_where_it_is_and_serves_nothing_else()
    {
        var slow = new SlowStep();
        var starting = HostFixture.StartAsync(new()
        {
            Configure = b => b.Services.AddSingleton<IHostedService>(slow),
            Starting = app => slow.Address.SetResult(app),
        });
        await slow.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var client = new HttpClient { BaseAddress = new Uri((await slow.Address.Task).Urls.Single()) };
        using (var startup = await client.GetAsync("/health/startup"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, startup.StatusCode);
            Assert.Equal("""{"status":"unavailable","checks":{"phase":"cluster"}}""", await startup.Content.ReadAsStringAsync());
        }
        using (var live = await client.GetAsync("/health/live")) Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using (var ready = await client.GetAsync("/health/ready")) Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        using (var other = await client.PostAsJsonAsync("/api/auth/sign-in", new { }))
        {
            await other.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "starting");
            Assert.NotNull(other.Headers.RetryAfter);
        }
        slow.Go.SetResult();
        await using var host = await starting;
        using var done = await client.GetAsync("/health/startup");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    [Fact]
    public async Task The_end_is_in_order_readiness_off_then_running_requests_then_the_services()
    {
        var clock = new ManualClock();
        var request = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        var last = new LastStep();
        await using var host = await HostFixture.StartAsync(new()
        {
            Settings = new Dictionary<string, string> { ["Postmill:Http:DrainDelaySeconds"] = "5" },
            Configure = b =>
            {
                b.Services.AddSingleton<TimeProvider>(clock);
                b.Services.AddSingleton<IHostedService>(last);
            },
            Map = app => app.MapGet("/api/probe", async () =>
            {
                arrived.SetResult();
                await request.Task;
                return last.Stopped ? "after the services" : "before the services";
            }).RequireNothing(),
        });
        var running = host.NewClient().GetStringAsync("/api/probe");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        var stopping = host.StopAsync();
        using (var ready = await host.NewClient().GetAsync("/health/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("\"phase\":\"draining\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(last.Stopped);
        request.SetResult();
        Assert.Equal("before the services", await running);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.True(last.Stopped);
    }

    private sealed class SlowStep : IHostedService
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<WebApplication> Address { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            Reached.SetResult();
            return Go.Task;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class LastStep : IHostedLifecycleService
    {
        public bool Stopped { get; private set; }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // Orleans ends grains here, before any service is stopped.
        public Task StoppingAsync(CancellationToken cancellationToken)
        {
            Stopped = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
