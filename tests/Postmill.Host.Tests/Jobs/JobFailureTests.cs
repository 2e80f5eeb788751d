using System.Net;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Jobs;

/// <summary>What fails is a job's state, code and next run, and a line of the log; the next success clears it.</summary>
public sealed class JobFailureTests
{
    private static readonly Dictionary<string, string> EverySecond = new() { ["Postmill:Sync:IntervalSeconds"] = "1", ["Postmill:Sync:ThrottleSeconds"] = "0" };

    [Fact]
    public async Task A_dead_server_is_a_job_of_the_schedule_that_retries_and_the_next_success_ends_it()
    {
        await using var world = await MailWorld.StartAsync(EverySecond);
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Shut = true;
        gate.Cut();
        var job = await tenant.UntilScheduleAsync(account, "retrying");
        AssertRetries(job, "imap_unreachable", attempt: 1, minutes: 1);
        var line = Assert.Single(await tenant.LogsAsync(account, "?action=sync.failed"));
        Assert.Equal(("schedule", "failed", "imap_unreachable"), (Text(line, "actor"), Text(line, "outcome"), Text(line, "code")));
        Assert.Equal(Text(job, "last_error_detail"), Text(line.GetProperty("detail"), "text"));

        // A person's own job tries by itself and leaves the ladder where it is.
        var own = (await tenant.EnqueueAsync(account)).JobId();
        AssertRetries(await tenant.UntilJobAsync(own, "retrying"), "imap_unreachable", attempt: 1, minutes: 1);
        Assert.Equal(1, (await tenant.UntilScheduleAsync(account, "retrying")).GetProperty("attempt_count").GetInt32());

        gate.Shut = false;
        await tenant.SyncAsync(account);
        Assert.Equal("succeeded", (await tenant.JobAsync(job.GetProperty("id").GetGuid())).State());
        var ended = await tenant.JobAsync(own);
        Assert.Equal(("succeeded", JsonValueKind.Null), (ended.State(), ended.GetProperty("next_run_at").ValueKind));
        Assert.NotEmpty(await tenant.LogsAsync(account, "?action=sync.recovered"));
        Assert.Empty(await tenant.JobsAsync(account, "?state=retrying"));
    }

    [Fact]
    public async Task A_wrong_password_fails_a_persons_job_at_once_and_the_next_success_resolves_it()
    {
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled);
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        world.Dovecot.AddUser(tenant.Mailbox, "changed at the provider");
        gate.Cut();
        var failed = await tenant.UntilJobAsync((await tenant.EnqueueAsync(account)).JobId(), "failed");
        Assert.Equal(("imap_auth_failed", JsonValueKind.Null), (failed.Code(), failed.GetProperty("next_run_at").ValueKind));
        Golden.AssertMatches("job_failed", (await tenant.Client.GetStringAsync($"/api/jobs/{failed.GetProperty("id").GetGuid()}"))
            .Replace(Text(failed, "last_error_detail")!, "what the server said", StringComparison.Ordinal));
        using (var post = await tenant.PostSyncAsync(account)) Assert.Equal(HttpStatusCode.BadGateway, post.StatusCode);
        Assert.Contains(await tenant.JobsAsync(account, "?state=failed"), j => Text(j, "cause") == "post" && j.GetProperty("max_attempts").GetInt32() == 1);
        Assert.Equal(2, (await tenant.LogsAsync(account, "?code=imap_auth_failed")).Count);

        world.Dovecot.AddUser(tenant.Mailbox, MailWorld.Password);
        await tenant.UntilJobAsync((await tenant.EnqueueAsync(account)).JobId(), "succeeded");
        Assert.Equal("resolved", (await tenant.JobAsync(failed.GetProperty("id").GetGuid())).State());
        Assert.Empty(await tenant.JobsAsync(account, "?state=failed"));
        Assert.DoesNotContain(await tenant.LogsAsync(account), line => line.ToString().Contains(MailWorld.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_refuses_one_command_is_named_and_a_retry_by_hand_succeeds_when_it_does_not_any_more()
    {
        var refuses = true;
        await using var server = ScriptedServer.Start(MailStories.Imap(async (talk, tag, command) =>
        {
            if (command != "LIST" || !Volatile.Read(ref refuses)) return false;
            await talk.SayAsync($"{tag} NO not today");
            return true;
        }));
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled);
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAsync(("imap_port", server.Port), ("imap_tls", "none"));
        var job = await tenant.UntilScheduleAsync(account, "retrying");
        AssertRetries(job, "imap_protocol_error", attempt: 1, minutes: 1);
        Assert.Equal("connect", Text(job, "cause"));
        Assert.Contains("not today", Text(job, "last_error_detail"), StringComparison.Ordinal);
        Assert.Contains("not today", Assert.Single(await tenant.LogsAsync(account, "?code=imap_protocol_error")).ToString(), StringComparison.Ordinal);

        Volatile.Write(ref refuses, false);
        using (var retried = await tenant.ActAsync(job.GetProperty("id").GetGuid(), "retry")) Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        var ended = await tenant.UntilJobAsync(job.GetProperty("id").GetGuid(), "succeeded");
        Assert.Equal((2, "imap_protocol_error"), (ended.GetProperty("attempt_count").GetInt32(), ended.Code()));
    }

    [Fact]
    public async Task A_ladder_is_one_job_that_fails_with_its_last_rung()
    {
        await using var world = await MailWorld.StartAsync(EverySecond);
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Shut = true;
        gate.Cut();
        var first = await tenant.UntilScheduleAsync(account, "retrying");
        await world.Host.StopAsync();
        foreach (var attempt in new[] { 2, 3, 4 })
        {
            await tenant.ExecuteOnAsync("UPDATE account SET next_sync_at = now() - interval '1 second', swept_at = NULL WHERE id = $1", account);
            await using var host = await JobHosts.NextAsync(world);
            var there = JobHosts.At(world, host);
            await Eventually.TrueAsync($"attempt {attempt} has failed", async () => await FailuresAsync(there, account) == attempt);
            var job = await there.UntilScheduleAsync(account, attempt == 4 ? "failed" : "retrying");
            Assert.Equal(first.GetProperty("id").GetGuid(), job.GetProperty("id").GetGuid());
            Assert.Equal(attempt, job.GetProperty("attempt_count").GetInt32());
            if (attempt == 4) Assert.Equal(JsonValueKind.Null, job.GetProperty("next_run_at").ValueKind);
            else AssertRetries(job, "imap_unreachable", attempt, attempt == 2 ? 5 : 15);
        }

        gate.Shut = false;
        await using var last = await JobHosts.NextAsync(world);
        var person = JobHosts.At(world, last);
        using (var cleared = await person.PostSyncAsync(account)) Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        Assert.Equal("resolved", (await person.JobAsync(first.GetProperty("id").GetGuid())).State());
    }

    [Fact]
    public async Task A_silo_that_stops_in_the_middle_leaves_the_job_to_the_next_one()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(4, "Archive");
        gate.Hold();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "running");
        await world.Host.StopAsync();
        gate.Release();

        await using var next = await JobHosts.NextAsync(world);
        var ended = await JobHosts.At(world, next).UntilJobAsync(job, "succeeded");
        Assert.Equal(2, ended.GetProperty("attempt_count").GetInt32());
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("last_error_code").ValueKind);
        await world.AssertStoreEqualsServerAsync(account, tenant.Mailbox);
    }

    [Fact]
    public async Task Runs_of_the_timer_that_succeed_leave_nothing_unless_the_setting_keeps_them()
    {
        await using (var world = await MailWorld.StartAsync(EverySecond))
        {
            var tenant = new Tenant(world, world.User);
            var account = await tenant.ConnectAndSyncAsync();
            await UntilRunAgainAsync(tenant, account);
            Assert.Equal("connect", Text(Assert.Single(await tenant.JobsAsync(account)), "cause"));
            Assert.Empty(await tenant.LogsAsync(account, "?action=sync.failed"));
        }

        await using var keeping = await MailWorld.StartAsync(new Dictionary<string, string>(EverySecond) { ["Postmill:Jobs:KeepTimerRuns"] = "news" });
        var keeper = new Tenant(keeping, keeping.User);
        var kept = await keeper.ConnectAndSyncAsync();
        await UntilRunAgainAsync(keeper, kept);
        await keeper.DeliverAsync("filed by a filter", "Archive");
        await Eventually.TrueAsync("the run with news is kept", async () => (await keeper.JobsAsync(kept)).Count == 2);
        await UntilRunAgainAsync(keeper, kept);
        var jobs = await keeper.JobsAsync(kept);
        Assert.Equal(("schedule", "succeeded", 1), (Text(jobs[0], "cause"), jobs[0].State(), jobs[0].GetProperty("new_messages").GetInt32()));
        Assert.Equal(2, jobs.Count);
    }

    private static async Task UntilRunAgainAsync(Tenant tenant, Guid account)
    {
        var before = (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetDateTimeOffset();
        await Eventually.TrueAsync("the timer runs twice more", async () => (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetDateTimeOffset() >= before.AddSeconds(2));
    }

    private static async Task<int> FailuresAsync(Tenant tenant, Guid account) => (await tenant.LogsAsync(account, "?action=sync.failed")).Count;

    private static void AssertRetries(JsonElement job, string code, int attempt, int minutes)
    {
        Assert.Equal((code, attempt, 4), (job.Code(), job.GetProperty("attempt_count").GetInt32(), job.GetProperty("max_attempts").GetInt32()));
        Assert.InRange(job.Next(), TimeSpan.FromMinutes(minutes - 0.7), TimeSpan.FromMinutes(minutes));
    }

    private static string? Text(JsonElement element, string field) => element.GetProperty(field).GetString();
}
