using System.Net;
using System.Text;
using Postmill.Host.Tests.Accounts;

namespace Postmill.Host.Tests.SyncApi;

/// <summary><c>POST /api/sync</c> as its page tells it.</summary>
public sealed class PostSyncTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task A_sync_that_ran_counts_what_it_stored_for_the_first_time()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(4, "Archive");
        using var answer = await tenant.PostSyncAsync(account);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Golden.AssertMatches("sync_ran", await answer.Content.ReadAsStringAsync());
        Assert.Equal(account, (await answer.JsonAsync()).GetProperty("accountId").GetGuid());
        Assert.Equal(4, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
    }

    [Fact]
    public async Task Within_30_seconds_of_it_the_previous_result_is_given_back_and_the_mail_server_is_not_asked()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(4, "Archive");
        var ran = await tenant.SyncAsync(account);
        Assert.Equal("synced", ran.GetProperty("status").GetString());

        gate.Shut = true; // whoever asked the server now would fail
        gate.Cut();
        await tenant.SeedAsync(1, "Archive");
        using var answer = await tenant.PostSyncAsync(account);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        Golden.AssertMatches("sync_queued", text);
        Assert.Equal(ran.ToString().Replace("synced\"", "queued\"", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task While_a_run_is_going_a_POST_is_answered_at_once_with_the_previous_result_and_starts_none()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first sync begins", () => Task.FromResult(gate.Accepted == 2));
        using (var joined = await tenant.PostSyncAsync(account))
        {
            Assert.Equal(HttpStatusCode.OK, joined.StatusCode);
            Golden.AssertMatches("sync_queued_first", await joined.Content.ReadAsStringAsync());
        }
        await tenant.SeedAsync(4);
        gate.Release();
        await tenant.UntilAsync(account, "idle");

        gate.Hold();
        var running = tenant.PostSyncAsync(account);
        await tenant.UntilAsync(account, "syncing");
        var accepted = gate.Accepted;
        var waiting = await tenant.SyncAsync(account);
        Assert.Equal("queued", waiting.GetProperty("status").GetString());
        Assert.Equal(4, waiting.GetProperty("newMessages").GetInt32());
        Assert.False(running.IsCompleted);
        gate.Release();
        using var ended = await running;
        Assert.Equal("synced", (await ended.JsonAsync()).GetProperty("status").GetString());
        Assert.Equal(accepted, gate.Accepted);
    }

    [Fact]
    public async Task Two_accounts_do_not_throttle_each_other()
    {
        var tenant = await shared.NewTenantAsync();
        var first = await tenant.ConnectAndSyncAsync();
        var mailbox = shared.World.NewMailbox();
        var second = await tenant.ConnectAndSyncAsync(("email", mailbox), ("username", mailbox));
        Assert.Equal("synced", (await tenant.SyncAsync(first)).GetProperty("status").GetString());
        Assert.Equal("synced", (await tenant.SyncAsync(second)).GetProperty("status").GetString());
        Assert.Equal("queued", (await tenant.SyncAsync(first)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("acc_0x9f2c")]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("' OR 1=1 --")]
    public async Task An_unknown_account_is_404(string id)
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync();
        using var answer = await PostAsync(tenant, System.Text.Json.JsonSerializer.Serialize(new { account_id = id }));
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("nonsense", 400, "malformed_json")]
    [InlineData("[]", 400, "malformed_json")]
    [InlineData("null", 400, "malformed_json")]
    [InlineData("{\"account_id\":7}", 400, "validation_failed")]
    [InlineData("{\"account_id\":{}}", 400, "validation_failed")]
    [InlineData("{\"account_id\":\"a\\u0000\"}", 400, "validation_failed")]
    public async Task A_bad_body_is_refused(string body, int status, string code)
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await PostAsync(tenant, body);
        await answer.AssertErrorAsync((HttpStatusCode)status, code);
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_JSON_is_415_and_one_that_is_too_large_413()
    {
        var tenant = await shared.NewTenantAsync();
        using var text = await tenant.Client.PostAsync("/api/sync", new StringContent("account_id=1", Encoding.UTF8, "text/plain"));
        await text.AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        using var tooLarge = await PostAsync(tenant, $$"""{"account_id":"{{new string('a', 1_100_000)}}"}""");
        await tooLarge.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    private static Task<HttpResponseMessage> PostAsync(Tenant tenant, string body) =>
        tenant.Client.PostAsync("/api/sync", new StringContent(body, Encoding.UTF8, "application/json"));
}
