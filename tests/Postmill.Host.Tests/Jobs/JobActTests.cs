using System.Net;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Jobs;

/// <summary>Retry, resolve, cancel, trigger; lists of tasks and jobs; whose they are.</summary>
public sealed class JobActTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Cancelling_a_job_that_runs_for_nobody_else_stops_its_run_and_the_next_one_works()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Hold();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "running");
        using (var cancelled = await tenant.ActAsync(job, "cancel")) Assert.Equal("cancelled", (await cancelled.JsonAsync()).GetProperty("job").State());
        await Eventually.TrueAsync("the run is over", async () => (await tenant.StatusAsync(account)).GetProperty("syncStatus").GetString() == "idle", within: TimeSpan.FromSeconds(5));
        Assert.Equal("cancelled", (await tenant.JobAsync(job)).State());
        Assert.Single(await tenant.LogsAsync(account, "?action=job.cancelled"));
        gate.Release();
        await tenant.UntilJobAsync((await tenant.EnqueueAsync(account)).JobId(), "succeeded");
        Assert.Equal("cancelled", (await tenant.JobAsync(job)).State());
    }

    [Fact]
    public async Task Cancelling_a_job_that_joined_a_run_lets_the_run_go_on()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(2);
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first run waits for the server", () => Task.FromResult(gate.Accepted == 2));
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "running");
        using (var schedule = await tenant.ActAsync((await tenant.UntilScheduleAsync(account, "running")).GetProperty("id").GetGuid(), "cancel"))
            await schedule.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_cancellable");
        using (var cancelled = await tenant.ActAsync(job, "cancel")) Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        gate.Release();
        await tenant.UntilAsync(account, "idle");
        Assert.Equal("cancelled", (await tenant.JobAsync(job)).State());
        Assert.Equal(2, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
        Assert.Equal(2, gate.Accepted);
    }

    [Fact]
    public async Task A_job_that_waits_is_cancelled_in_its_row_and_retried_by_hand()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Shut = true;
        gate.Cut();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "retrying");
        using (var cancelled = await tenant.ActAsync(job, "cancel")) Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        using (var again = await tenant.ActAsync(job, "cancel")) await again.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_cancellable");
        using (var resolve = await tenant.ActAsync(job, "resolve")) await resolve.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_resolvable");
        gate.Shut = false;
        using (var retried = await tenant.ActAsync(job, "retry")) Assert.Equal("queued", (await retried.JsonAsync()).GetProperty("job").State());
        var ended = await tenant.UntilJobAsync(job, "succeeded");
        Assert.Equal(2, ended.GetProperty("attempt_count").GetInt32());
        using (var done = await tenant.ActAsync(job, "retry")) await done.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_retryable");
        Assert.Equal(["job.retried", "job.cancelled", "task.requested"], (await tenant.LogsAsync(account, $"?subject={job}&outcome=done")).Select(l => l.GetProperty("action").GetString()).Where(a => a != "sync.recovered"));
    }

    [Fact]
    public async Task A_failed_job_is_resolved_by_a_person()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        shared.World.Dovecot.AddUser(tenant.Mailbox, "changed at the provider");
        gate.Cut();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "failed");
        using var resolved = await tenant.ActAsync(job, "resolve");
        Assert.Equal("resolved", (await resolved.JsonAsync()).GetProperty("job").State());
        using var again = await tenant.ActAsync(job, "resolve");
        await again.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_resolvable");
    }

    [Fact]
    public async Task A_task_is_triggered_again_and_not_while_its_job_stands_open()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        var first = await tenant.EnqueueAsync(account);
        await tenant.UntilJobAsync(first.JobId(), "succeeded");
        gate.Hold();
        var path = $"/api/tasks/{first.GetProperty("task_id").GetGuid()}/trigger";
        using var triggered = await tenant.Client.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.Accepted, triggered.StatusCode);
        Golden.AssertMatches("job_enqueued", await triggered.Content.ReadAsStringAsync());
        var second = (await triggered.JsonAsync()).GetProperty("data");
        Assert.Equal(first.GetProperty("task_id").GetGuid(), second.GetProperty("task_id").GetGuid());
        using (var active = await tenant.Client.PostAsync(path, null)) await active.AssertErrorAsync(HttpStatusCode.Conflict, "task_already_active");
        gate.Release();
        await tenant.UntilJobAsync(second.JobId(), "succeeded");
        Assert.Equal(2, (await tenant.JobsAsync(account, "?kind=sync_messages")).Count(j => j.GetProperty("task_id").GetGuid() == first.GetProperty("task_id").GetGuid()));
    }

    [Fact]
    public async Task Lists_are_newest_first_filtered_and_paged_by_cursor()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        var made = new List<Guid>();
        for (var n = 0; n < 3; n++)
        {
            made.Insert(0, (await tenant.EnqueueAsync(account, n == 1 ? "sync-mailboxes" : "sync-messages")).JobId());
            await tenant.UntilJobAsync(made[0], "succeeded");
        }

        var all = (await tenant.JobsAsync(account)).Select(j => j.GetProperty("id").GetGuid()).ToList();
        Assert.Equal(made, all.Take(3));
        Assert.Equal([made[1]], (await tenant.JobsAsync(account, "?kind=sync_mailboxes")).Select(j => j.GetProperty("id").GetGuid()));
        Assert.Equal(all, (await tenant.JobsAsync(account, "?state=succeeded")).Select(j => j.GetProperty("id").GetGuid()));
        Assert.Empty(await tenant.JobsAsync(account, "?state=uncertain"));
        var seen = new List<Guid>();
        for (var cursor = ""; ;)
        {
            var page = await (await tenant.Client.GetAsync($"/api/accounts/{account}/jobs?limit=2{cursor}")).JsonAsync();
            seen.AddRange(page.GetProperty("jobs").EnumerateArray().Select(j => j.GetProperty("id").GetGuid()));
            if (page.GetProperty("next_cursor").GetString() is not { } next) break;
            cursor = "&cursor=" + next;
        }

        Assert.Equal(all, seen);
        Golden.AssertMatches("job_list", await tenant.Client.GetStringAsync($"/api/accounts/{account}/jobs?kind=sync_mailboxes"));
        Golden.AssertMatches("task_list", await tenant.Client.GetStringAsync($"/api/accounts/{account}/tasks?kind=sync_mailboxes&state=succeeded"));
        foreach (var (query, field) in new[] { ("state=lost", "state"), ("limit=0", "limit"), ("cursor=bm8", "cursor"), ($"kind={new string('x', 65)}", "kind") })
            foreach (var list in new[] { "jobs", "tasks" })
                await (await tenant.Client.GetAsync($"/api/accounts/{account}/{list}?{query}")).AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task What_is_anothers_is_404_on_every_route_and_who_may_only_view_changes_nothing()
    {
        var (owner, other) = (await shared.NewTenantAsync(), await shared.NewTenantAsync());
        var account = await owner.ConnectAndSyncAsync();
        var data = await owner.EnqueueAsync(account);
        await owner.UntilJobAsync(data.JobId(), "succeeded");
        var (task, job) = (data.GetProperty("task_id").GetGuid(), data.JobId());
        var line = (await owner.LogsAsync(account))[0].GetProperty("id").GetString();
        foreach (var path in new[] { $"accounts/{account}/jobs", $"accounts/{account}/tasks", $"accounts/{account}/logs", $"jobs/{job}", $"tasks/{task}", $"logs/{line}", "jobs/x", "tasks/x", "logs/x" })
        {
            using var answer = await other.Client.GetAsync("/api/" + path);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, path);
        }

        foreach (var path in new[] { $"jobs/{job}/retry", $"jobs/{job}/resolve", $"jobs/{job}/cancel", $"tasks/{task}/trigger", $"accounts/{account}/logs/search", "jobs/x/retry", "tasks/x/trigger" })
        {
            using var answer = await other.Client.PostAsync("/api/" + path, null);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, path);
        }

        await shared.Host.SetRoleAsync(owner.User.UserId, "view");
        foreach (var path in new[] { $"jobs/{job}/retry", $"jobs/{job}/resolve", $"jobs/{job}/cancel", $"tasks/{task}/trigger", $"accounts/{account}/logs/search-delete" })
        {
            using var answer = await owner.Client.PostAsync("/api/" + path, null);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, path);
        }

        Assert.Equal("succeeded", (await owner.JobAsync(job)).State());
    }
}
