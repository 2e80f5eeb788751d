using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Jobs;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sending;

/// <summary>Sending stands still: what is handed in says why it waits, and a person ends it.</summary>
public sealed class StandstillTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    [Fact]
    public async Task While_the_relay_is_dead_mails_say_why_they_wait_and_a_retry_sends_them_once_it_is_back()
    {
        using var lease = PortLease.Take();
        SinkTenant tenant;
        await using (var dies = await JournalSink.StartAsync(new SinkOptions { Port = lease.Port })) tenant = await shared.NewTenantAsync(dies);
        var first = await tenant.SendAsync("first@example.net");
        var until = (await tenant.UntilAsync(first, "retrying")).GetProperty("next_run_at").GetDateTimeOffset();

        using var queued = await SendAsync(tenant, "key@example.net");
        Assert.Equal(HttpStatusCode.Accepted, queued.StatusCode);
        var answer = await queued.JsonAsync();
        Assert.Equal(("smtp_unreachable", until), (answer.GetProperty("code").GetString(), answer.GetProperty("next_run_at").GetDateTimeOffset()));
        Assert.Contains("127.0.0.1", answer.GetProperty("message").GetString(), StringComparison.Ordinal);

        var held = await tenant.SendAsync("held@example.net");
        await Eventually.TrueAsync("its job says why", async () => (await tenant.Tenant.JobAsync(held)).Code() == "smtp_unreachable");
        var job = await tenant.Tenant.JobAsync(held);
        Assert.Equal(("queued", 0, until), (job.State(), job.GetProperty("attempt_count").GetInt32(), job.GetProperty("next_run_at").GetDateTimeOffset()));

        await using var back = await JournalSink.StartAsync(new SinkOptions { Port = lease.Port });
        tenant = tenant with { Sink = back };
        await tenant.RetryAsync(held);
        await tenant.UntilAsync(held, "succeeded");
        await tenant.UntilAsync(first, "succeeded");
        Assert.Equal("held@example.net", back.Accepted[0].Recipients[0]);
        await Eventually.TrueAsync("the third is sent too", () => Task.FromResult(back.Accepted.Count == 3));
    }

    [Fact]
    public async Task A_retry_of_a_parked_mail_is_one_login_and_tested_credentials_send_the_rest()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Auth, SinkFault.Answer("535 5.7.8 not you")));
        var (one, two) = (await tenant.SendAsync("a@example.net"), await tenant.SendAsync("b@example.net"));
        foreach (var job in new[] { one, two }) await ParkedAsync(tenant, job);
        var logins = sink.Counts.Struck[SinkPhase.Auth];
        await tenant.RetryAsync(one);
        await Eventually.TrueAsync("it was tried", () => Task.FromResult(sink.Counts.Struck[SinkPhase.Auth] == logins + 1));
        await ParkedAsync(tenant, one);
        using (var queued = await SendAsync(tenant, "c@example.net"))
        {
            var answer = await queued.JsonAsync();
            Assert.Equal("smtp_auth_failed", answer.GetProperty("code").GetString());
            Assert.Contains("not you", answer.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.False(answer.TryGetProperty("next_run_at", out _));
        }

        Assert.Equal(logins + 1, sink.Counts.Struck[SinkPhase.Auth]);
        sink.Use();
        using var tested = await tenant.Tenant.Client.PostAsync($"/api/accounts/{tenant.Account}/credentials/test", null);
        Assert.True(tested.IsSuccessStatusCode, await tested.Content.ReadAsStringAsync());
        foreach (var job in new[] { one, two }) await tenant.UntilAsync(job, "succeeded");
    }

    [Fact]
    public async Task A_mail_that_waits_for_its_own_time_is_not_retried()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        var later = (await tenant.Tenant.HandInAsync(tenant.Account, new { to_json = "a@example.net", text_body = "x", send_at = TimeProvider.System.GetUtcNow().AddMonths(1) })).JobId();
        using var refused = await tenant.Tenant.ActAsync(later, "retry");
        await refused.AssertErrorAsync(HttpStatusCode.Conflict, "job_not_retryable");
    }

    private static Task ParkedAsync(SinkTenant tenant, Guid job) => Eventually.TrueAsync("the mail is parked", async () =>
        await tenant.Tenant.JobAsync(job) is var now && now.Code() == "smtp_auth_failed" && now.GetProperty("next_run_at").ValueKind == JsonValueKind.Null);

    private async Task<HttpResponseMessage> SendAsync(SinkTenant tenant, string recipient)
    {
        var client = shared.World.Host.NewClient(await HostFixture.NewKeyAsync(tenant.Tenant.User, "send"));
        return await client.PostAsJsonAsync("/api/v1/send", new { from = tenant.Tenant.Mailbox, to = recipient, text = "x" });
    }
}
