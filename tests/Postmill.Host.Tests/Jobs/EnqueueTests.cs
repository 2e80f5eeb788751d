using System.Net;
using System.Net.Http.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Http;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Jobs;

/// <summary><c>POST /api/accounts/{id}/imap/…</c>: enqueued, answered, done.</summary>
public sealed class EnqueueTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task A_sync_is_enqueued_runs_and_shows_what_it_stored()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(3, "Archive");
        using var answer = await tenant.Client.PostAsync($"/api/accounts/{account}/imap/sync-messages", null);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Golden.AssertMatches("job_enqueued", await answer.Content.ReadAsStringAsync());
        var data = (await answer.JsonAsync()).GetProperty("data");

        var job = await tenant.UntilJobAsync(data.JobId(), "succeeded");
        Assert.Equal(3, job.GetProperty("new_messages").GetInt32());
        Golden.AssertMatches("job", await tenant.Client.GetStringAsync($"/api/jobs/{data.JobId()}"));
        Golden.AssertMatches("task", await tenant.Client.GetStringAsync($"/api/tasks/{data.GetProperty("task_id").GetGuid()}"));
        Assert.Equal(3, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
    }

    [Fact]
    public async Task A_folder_made_at_the_server_is_known_after_a_sync_of_mailboxes_and_its_mail_is_not()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(2, "Projects");
        var data = await tenant.EnqueueAsync(account, "sync-mailboxes");
        await tenant.UntilJobAsync(data.JobId(), "succeeded");
        Assert.Equal(1, await tenant.CountAsync("SELECT count(*) FROM folder WHERE name = 'Projects' AND account_id = $1", account));
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        Assert.Equal(2, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
    }

    [Fact]
    public async Task A_task_opens_no_window_for_a_POST()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.UntilJobAsync((await tenant.EnqueueAsync(account)).JobId(), "succeeded");
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        // Inside the POST's window a task runs all the same.
        await tenant.UntilJobAsync((await tenant.EnqueueAsync(account)).JobId(), "succeeded");
        Assert.Equal("queued", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task It_is_answered_while_the_mail_server_hangs_and_joins_the_run_that_is_going()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first run waits for the server", () => Task.FromResult(gate.Accepted == 2));
        var data = await tenant.EnqueueAsync(account);
        var job = await tenant.UntilJobAsync(data.JobId(), "running");
        Assert.Equal(1, job.GetProperty("attempt_count").GetInt32());
        gate.Release();
        await tenant.UntilJobAsync(data.JobId(), "succeeded");
        Assert.Equal("succeeded", (await tenant.UntilScheduleAsync(account, "succeeded")).State());
        Assert.Equal(2, gate.Accepted);
    }

    [Fact]
    public async Task A_mail_sync_asked_for_during_a_sync_of_mailboxes_runs_after_it()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(1, "Archive");
        gate.Hold();
        var listing = (await tenant.EnqueueAsync(account, "sync-mailboxes")).JobId();
        await tenant.UntilJobAsync(listing, "running");
        var sync = (await tenant.EnqueueAsync(account)).JobId();
        Assert.Equal("queued", (await tenant.JobAsync(sync)).State());
        gate.Release();
        await tenant.UntilJobAsync(listing, "succeeded");
        Assert.Equal(1, (await tenant.UntilJobAsync(sync, "succeeded")).GetProperty("new_messages").GetInt32());
    }

    [Fact]
    public async Task The_accounts_own_credential_is_accepted_and_any_other_is_404()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        using var own = await PostAsync(tenant, account, account.ToString());
        Assert.Equal(HttpStatusCode.Accepted, own.StatusCode);
        var other = await (await shared.NewTenantAsync()).ConnectAsync();
        foreach (var foreign in new[] { other.ToString(), Guid.NewGuid().ToString(), "imap", "" })
        {
            using var refused = await PostAsync(tenant, account, foreign);
            await refused.AssertErrorAsync(HttpStatusCode.NotFound, "credential_not_found");
        }

        using var wrong = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/imap/sync-messages", new { credential_id = 7 });
        await wrong.AssertFieldErrorAsync("credential_id");
    }

    [Theory]
    [InlineData("sync-messages")]
    [InlineData("sync-mailboxes")]
    public async Task An_account_that_is_foreign_unknown_or_disconnected_is_404(string what)
    {
        var (owner, other) = (await shared.NewTenantAsync(), await shared.NewTenantAsync());
        var account = await owner.ConnectAsync();
        foreach (var path in new[] { account.ToString(), Guid.NewGuid().ToString(), "none" })
        {
            using var answer = await other.Client.PostAsync($"/api/accounts/{path}/imap/{what}", null);
            await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        }

        (await owner.Client.DeleteAsync($"/api/accounts/{account}")).Dispose();
        using var gone = await owner.Client.PostAsync($"/api/accounts/{account}/imap/{what}", null);
        await gone.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        Assert.Equal(0, await owner.CountAsync("SELECT count(*) FROM job WHERE cause = 'user' AND account_id = $1", account));
    }

    [Fact]
    public async Task A_repeat_with_the_same_Idempotency_Key_is_the_same_job()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        var ids = new List<Guid>();
        foreach (var key in new[] { "once", "once", "twice" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/accounts/{account}/imap/sync-messages");
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await tenant.Client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            ids.Add((await answer.JsonAsync()).GetProperty("data").JobId());
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
        Assert.Equal(2, await tenant.CountAsync("SELECT count(*) FROM job WHERE cause = 'user' AND account_id = $1", account));
    }

    [Fact]
    public async Task Who_may_only_view_enqueues_nothing()
    {
        var tenant = await shared.NewTenantAsync("view");
        using var answer = await tenant.Client.PostAsync($"/api/accounts/{Guid.NewGuid()}/imap/sync-messages", null);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task The_requests_of_the_file_are_answered_as_they_say()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        var file = RequestFile.Read(RequestFile.All().Single(f => Path.GetFileName(f) == "jobs.http")).With("session", tenant.User.Token).With("account", account);
        Assert.True(await file.ReplayAsync(shared.Host.NewClient(), shared.Host.Address) > 10);
    }

    private static Task<HttpResponseMessage> PostAsync(Tenant tenant, Guid account, string credential) =>
        tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/imap/sync-messages", new { credential_id = credential });
}
