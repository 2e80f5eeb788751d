using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Sending;

/// <summary>One host whose calendar the tests turn, and that waits four seconds for the answer to a mail; each test has a user and a sink of its own.</summary>
public sealed class SinkWorld : IAsyncLifetime
{
    private readonly CalendarClock _clock = new(TimeProvider.System.GetUtcNow());
    private MailWorld? _world;

    public MailWorld World => _world ?? throw new InvalidOperationException("not started");

    public async Task InitializeAsync() => _world = await MailWorld.StartAsync(
        new Dictionary<string, string> { ["Postmill:Sending:AcceptSeconds"] = "4", ["Postmill:Sending:SentCopy"] = "never", ["Postmill:Sync:ThrottleSeconds"] = "0" },
        host: new HostFixtureOptions { Configure = builder => builder.Services.AddSingleton<TimeProvider>(_clock) });

    public async Task DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
    }

    /// <summary>Long enough for any wait after a first failure and for any pause of an account.</summary>
    public void TurnMinutes(int minutes) => _clock.Turn(TimeSpan.FromMinutes(minutes));

    /// <summary>An account that sends through this sink.</summary>
    public async Task<SinkTenant> NewTenantAsync(JournalSink sink)
    {
        var tenant = new Tenant(World, await World.Host.SignUpAsync());
        var account = await tenant.ConnectAsync(("smtp_host", "127.0.0.1"), ("smtp_port", sink.Port), ("smtp_tls", "none"));
        return new SinkTenant(tenant, account, sink);
    }
}
