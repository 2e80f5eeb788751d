using System.Text.Json;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>The server says no: for now, for good, to one recipient, to the account, in every form that replies come in.</summary>
public sealed class RefusedMailTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    [Theory]
    [InlineData(SinkPhase.Mail, "451 4.3.0 local trouble", "smtp_deferred")]
    [InlineData(SinkPhase.Rcpt, "450 4.2.0 greylisted", "smtp_deferred")]
    [InlineData(SinkPhase.Data, "451 4.3.0 local trouble", "smtp_deferred")]
    [InlineData(SinkPhase.Dot, "452 4.3.1 no room", "smtp_deferred")]
    [InlineData(SinkPhase.Dot, "451-4.7.1 come\r\n451 4.7.1 later", "smtp_deferred")]
    [InlineData(SinkPhase.Dot, "450", "smtp_deferred")]
    [InlineData(SinkPhase.Mail, "421 4.3.2 going down", "smtp_throttled")]
    [InlineData(SinkPhase.Rcpt, "421 4.7.0 too much", "smtp_throttled")]
    [InlineData(SinkPhase.Data, "421 4.3.2 going down", "smtp_throttled")]
    [InlineData(SinkPhase.Dot, "421 4.3.2 going down", "smtp_throttled")]
    [InlineData(SinkPhase.Mail, "454 4.7.0 not now", "smtp_throttled")]
    [InlineData(SinkPhase.Auth, "454 4.7.0 not now", "smtp_throttled")]
    [InlineData(SinkPhase.Greeting, "421 too many connections", "smtp_throttled")]
    [InlineData(SinkPhase.Mail, "503 5.5.1 out of order", "smtp_deferred")]
    public async Task Refused_for_now_it_waits_and_is_accepted_once(SinkPhase at, string reply, string code)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.All & ~SinkExtensions.Chunking });
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Answer(reply)) { Times = 1 });
        var job = await tenant.SendAsync("a@example.net");
        Assert.Equal(code, (await tenant.UntilAsync(job, "retrying")).Code());
        Assert.Equal("waiting", Assert.Single(await tenant.RecipientsAsync(job)).State);
        Assert.Empty(sink.Accepted);
        shared.TurnMinutes(2);
        await tenant.RetryAsync(job);
        await tenant.UntilAsync(job, "succeeded");
        Assert.Single(sink.Accepted);
    }

    [Theory]
    [InlineData(SinkPhase.Rcpt, "550 5.1.1 no such user")]
    [InlineData(SinkPhase.Rcpt, "550-5.1.1 no\r\n550 5.1.1 such user")]
    [InlineData(SinkPhase.Mail, "550 5.7.1 not from you")]
    [InlineData(SinkPhase.Data, "554 5.5.1 nobody")]
    [InlineData(SinkPhase.Dot, "552 5.3.4 too large")]
    [InlineData(SinkPhase.Dot, "554 5.7.1 spam")]
    public async Task Refused_for_good_it_fails_and_is_not_tried_again(SinkPhase at, string reply)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.All & ~SinkExtensions.Chunking });
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Answer(reply)) { Recipient = at > SinkPhase.Mail ? "bad@" : null, Times = 1 });
        var job = await tenant.SendAsync("bad@example.net");
        var failed = await tenant.UntilAsync(job, "failed");
        Assert.Equal("smtp_rejected", failed.Code());
        Assert.Contains(reply.Split("\r\n")[0][4..].Split(' ')[^1], failed.GetProperty("last_error_detail").GetString(), StringComparison.Ordinal);
        shared.TurnMinutes(24 * 60);
        await tenant.UntilAsync(await tenant.SendAsync("good@example.net"), "succeeded");
        Assert.Equal(["good@example.net"], Assert.Single(sink.Accepted).Recipients);
    }

    [Fact]
    public async Task Each_recipient_has_its_own_answer()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 no such user")) { Recipient = "bad@" }, new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("450 4.2.0 greylisted")) { Recipient = "grey@", Times = 1 });
        var job = await tenant.SendAsync("good@example.net", "bad@example.net", "grey@example.net");
        await tenant.UntilAsync(job, "retrying");
        Assert.Equal([("good@example.net", "sent", null), ("bad@example.net", "failed", "smtp_rejected"), ("grey@example.net", "waiting", "smtp_deferred")], await tenant.RecipientsAsync(job));

        shared.TurnMinutes(2);
        await tenant.SendAsync("wakes@example.net");
        var failed = await tenant.UntilAsync(job, "failed");
        Assert.Equal("recipients_refused", failed.Code());
        Assert.Equal([("good@example.net", "sent", null), ("bad@example.net", "failed", "smtp_rejected"), ("grey@example.net", "sent", null)], await tenant.RecipientsAsync(job));
    }

    [Fact]
    public async Task Lost_after_the_dot_only_those_that_were_accepted_are_in_doubt()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 no such user")) { Recipient = "bad@" }, new SinkRule(SinkPhase.Accepted, SinkFault.Close));
        var job = await tenant.SendAsync("good@example.net", "bad@example.net");
        await tenant.UntilAsync(job, "uncertain");
        Assert.Equal([("good@example.net", "uncertain", "outcome_unknown"), ("bad@example.net", "failed", "smtp_rejected")], await tenant.RecipientsAsync(job));
    }

    [Fact]
    public async Task Refused_credentials_park_the_account_and_new_ones_send_what_waited()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Auth, SinkFault.Answer("535 5.7.8 no")) { Times = 1 });
        var job = await tenant.SendAsync("a@example.net");
        await Eventually.TrueAsync("the mail is parked", async () => (await tenant.Tenant.JobAsync(job)).Code() == "smtp_auth_failed");
        var parked = await tenant.Tenant.JobAsync(job);
        Assert.Equal(("queued", JsonValueKind.Null), (parked.State(), parked.GetProperty("next_run_at").ValueKind));
        var second = await tenant.SendAsync("b@example.net");
        Assert.Equal(1, sink.Counts.Struck[SinkPhase.Auth]);

        using var rotated = await tenant.Tenant.Client.PostAsync($"/api/accounts/{tenant.Account}/credentials/rotate",
            System.Net.Http.Json.JsonContent.Create(new { password = Sync.MailWorld.Password }));
        Assert.True(rotated.IsSuccessStatusCode, await rotated.Content.ReadAsStringAsync());
        await tenant.UntilAsync(job, "succeeded");
        await tenant.UntilAsync(second, "succeeded");
    }

    [Fact]
    public async Task A_mail_over_the_servers_SIZE_fails_without_DATA()
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { MaxBytes = 4_000 });
        var tenant = await shared.NewTenantAsync(sink);
        var job = (await tenant.Tenant.HandInAsync(tenant.Account, new { to_json = "a@example.net", text_body = new string('x', 5_000) })).JobId();
        Assert.Equal("size_exceeded", (await tenant.UntilAsync(job, "failed")).Code());
        Assert.DoesNotContain(SinkPhase.Data, sink.Counts.Commands.Keys);
        Assert.DoesNotContain(SinkPhase.Dot, sink.Counts.Commands.Keys);
    }

    [Fact]
    public async Task A_recipient_that_breaks_every_connection_holds_up_no_other()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        var poison = await tenant.SendAsync("close-at-rcpt.poison@example.net");
        var others = new List<Guid>();
        for (var n = 0; n < 10; n++) others.Add(await tenant.SendAsync($"r{n}@example.net"));
        foreach (var job in others) await tenant.UntilAsync(job, "succeeded");
        for (var attempt = 1; (await tenant.Tenant.JobAsync(poison)).State() != "failed"; attempt++)
        {
            Assert.InRange(attempt, 1, 12);
            shared.TurnMinutes(9 * 60);
            await tenant.UntilAsync(await tenant.SendAsync($"wakes{attempt}@example.net"), "succeeded");
            await Eventually.TrueAsync("it was tried again", async () =>
                await tenant.Tenant.JobAsync(poison) is var job && job.State() != "running" && (job.State() == "failed" || job.GetProperty("attempt_count").GetInt32() > attempt));
        }

        Assert.Equal("failed", Assert.Single(await tenant.RecipientsAsync(poison)).State);
        await tenant.AssertInvariantsAsync();
    }
}
