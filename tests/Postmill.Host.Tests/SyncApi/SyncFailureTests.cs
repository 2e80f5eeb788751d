using System.Net;
using Postmill.Host.Tests.Accounts;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>A run that fails is 502 with a code for each kind of trouble.</summary>
public sealed class SyncFailureTests(SyncFailureTests.Unthrottled shared) : IClassFixture<SyncFailureTests.Unthrottled>
{
    public sealed class Unthrottled : TenantWorld
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
        {
            ["Postmill:Sync:ThrottleSeconds"] = "0",
            ["Postmill:Mail:CommandSeconds"] = "4",
            ["Postmill:Mail:ConnectSeconds"] = "4",
        };
    }

    [Fact]
    public async Task A_password_that_is_no_longer_right_is_imap_auth_failed()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        shared.World.Dovecot.AddUser(tenant.Mailbox, "changed at the provider");
        gate.Cut();
        await AssertFailsAsync(tenant, account, "imap_auth_failed");
    }

    [Fact]
    public async Task A_server_that_closes_the_door_is_imap_unreachable()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        gate.Shut = true;
        gate.Cut();
        await AssertFailsAsync(tenant, account, "imap_unreachable");
    }

    [Fact]
    public async Task A_server_that_is_gone_is_imap_unreachable()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await gate.DisposeAsync();
        await AssertFailsAsync(tenant, account, "imap_unreachable");
    }

    [Fact]
    public async Task A_certificate_that_expired_meanwhile_is_imap_tls_failed()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        using var certificate = TestCertificates.Shared.Expired.Load();
        await using var expired = ScriptedServer.Start(async talk =>
        {
            await talk.BeginTlsAsync(certificate);
            await talk.HangAsync();
        });
        gate.Target = expired.Port;
        gate.Cut();
        await AssertFailsAsync(tenant, account, "imap_tls_failed");
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_timeout()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        gate.Hold();
        await AssertFailsAsync(tenant, account, "timeout");
    }

    [Fact]
    public async Task A_server_that_speaks_something_else_is_imap_protocol_error()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        using var certificate = TestCertificates.Shared.Valid.Load();
        await using var web = ScriptedServer.Start(async talk =>
        {
            await talk.BeginTlsAsync(certificate);
            await talk.SayAsync("HTTP/1.1 400 Bad Request");
            await talk.HangAsync();
        });
        gate.Target = web.Port;
        gate.Cut();
        await AssertFailsAsync(tenant, account, "imap_protocol_error");
    }

    [Fact]
    public async Task When_the_server_is_back_a_POST_clears_the_mark()
    {
        var (tenant, gate, account) = await SyncedAsync();
        await using var _ = gate;
        gate.Shut = true;
        gate.Cut();
        await AssertFailsAsync(tenant, account, "imap_unreachable");
        gate.Shut = false;
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        var status = await tenant.StatusAsync(account);
        Assert.Equal("idle", status.GetProperty("syncStatus").GetString());
        Assert.False(status.TryGetProperty("lastError", out var _1));
    }

    private async Task<(Tenant, MailGate, Guid)> SyncedAsync()
    {
        var tenant = await shared.NewTenantAsync();
        var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        return (tenant, gate, await tenant.ConnectAndSyncAsync(("imap_port", gate.Port)));
    }

    private static async Task AssertFailsAsync(Tenant tenant, Guid account, string code)
    {
        using var answer = await tenant.PostSyncAsync(account);
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadGateway, code);
        Assert.Equal(account, body.GetProperty("accountId").GetGuid());
        var status = await tenant.StatusAsync(account);
        Assert.Equal("failed", status.GetProperty("syncStatus").GetString());
        Assert.Equal(body.GetProperty("error").GetString(), status.GetProperty("lastError").GetString());
        Assert.False(status.GetProperty("requiresManualIntervention").GetBoolean()); // a user's POST does not climb the ladder
    }
}
