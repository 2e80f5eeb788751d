using System.Net;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>The connection is lost at each phase, before and after the final dot.</summary>
public sealed class LostConnectionTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    [Theory]
    [InlineData(SinkPhase.Greeting, "smtp_unreachable")]
    [InlineData(SinkPhase.Ehlo, "smtp_unreachable")]
    [InlineData(SinkPhase.Auth, "smtp_unreachable")]
    [InlineData(SinkPhase.Mail, "smtp_disconnected")]
    [InlineData(SinkPhase.Rcpt, "smtp_disconnected")]
    [InlineData(SinkPhase.Data, "smtp_disconnected")]
    public async Task Lost_before_the_dot_it_is_tried_again_and_accepted_once(SinkPhase at, string code)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.All & ~SinkExtensions.Chunking });
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Close) { Times = 1 });
        var job = await tenant.SendAsync("a@example.net", "b@example.net");
        var retrying = await tenant.UntilAsync(job, "retrying");
        Assert.Equal((code, 1), (retrying.Code(), retrying.GetProperty("attempt_count").GetInt32()));
        Assert.All(await tenant.RecipientsAsync(job), recipient => Assert.Equal("waiting", recipient.State));
        Assert.Empty(sink.Accepted);

        shared.TurnMinutes(2);
        await tenant.RetryAsync(job);
        await tenant.UntilAsync(job, "succeeded");
        Assert.Equal(["a@example.net", "b@example.net"], Assert.Single(sink.Accepted).Recipients);
        Assert.Empty(sink.Counts.Violations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lost_in_the_middle_of_a_large_mail_it_is_tried_again(bool chunked)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = chunked ? SinkExtensions.All : SinkExtensions.All & ~SinkExtensions.Chunking });
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Body, SinkFault.Reset) { Times = 1, AfterBytes = 100_000 });
        var body = new { to_json = "a@example.net", attachments = new[] { new { filename = "large.bin", content_b64 = new byte[1 << 20] } } };
        var job = (await tenant.Tenant.HandInAsync(tenant.Account, body)).JobId();
        await Eventually.TrueAsync("the connection is cut", () => Task.FromResult(sink.Counts.Struck[SinkPhase.Body] == 1), () => Task.FromResult(string.Join(", ", sink.Accepted.Select(mail => mail.Length))));
        var retrying = await tenant.UntilAsync(job, "retrying");
        Assert.Equal("smtp_disconnected", retrying.Code());
        shared.TurnMinutes(2);
        await tenant.RetryAsync(job);
        await tenant.UntilAsync(job, "succeeded");
        Assert.Single(sink.Accepted);
    }

    [Theory]
    [InlineData(SinkPhase.Dot, 0)]
    [InlineData(SinkPhase.Accepted, 1)]
    public async Task Lost_after_the_dot_nobody_can_tell_and_it_is_not_sent_again(SinkPhase at, int accepted)
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Reset) { Times = 1 });
        var job = await tenant.SendAsync("a@example.net");
        var uncertain = await tenant.UntilAsync(job, "uncertain");
        Assert.Equal("outcome_unknown", uncertain.Code());
        Assert.Equal(("a@example.net", "uncertain", "outcome_unknown"), Assert.Single(await tenant.RecipientsAsync(job)));
        Assert.Equal(accepted, sink.Accepted.Count);

        // Others go on, a day passes, the mailbox is looked through: it stays what it is, and stands in the list.
        shared.TurnMinutes(24 * 60);
        await tenant.UntilAsync(await tenant.SendAsync("b@example.net"), "succeeded");
        await tenant.SyncAsync();
        Assert.Equal(job, Assert.Single(await tenant.Tenant.JobsAsync(tenant.Account, "?state=uncertain")).GetProperty("id").GetGuid());
        Assert.Equal(accepted, sink.Accepted.Count(mail => mail.Recipients.Contains("a@example.net")));
        using var resolved = await tenant.Tenant.ActAsync(job, "resolve");
        Assert.Equal(HttpStatusCode.OK, resolved.StatusCode);
        await tenant.UntilAsync(job, "resolved");
    }

    [Theory]
    [InlineData(SinkPhase.Dot)]
    [InlineData(SinkPhase.Accepted)]
    public async Task A_250_that_comes_after_the_deadline_is_not_heard(SinkPhase at)
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(at, SinkFault.Behind("late")));
        var job = await tenant.SendAsync("a@example.net");
        await sink.ReachedAsync("late");
        Assert.Equal("outcome_unknown", (await tenant.UntilAsync(job, "uncertain")).Code());
        sink.Open("late");
        await Eventually.TrueAsync("the sink accepts it late", () => Task.FromResult(sink.Accepted.Count == 1));
        await tenant.UntilAsync(job, "uncertain");
    }

    [Fact]
    public async Task What_is_uncertain_and_lies_in_the_Sent_folder_was_sent()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Accepted, SinkFault.Close));
        var (filed, nowhere) = (await tenant.SendAsync("filed@example.net"), await tenant.SendAsync("nowhere@example.net"));
        await tenant.UntilAsync(filed, "uncertain");
        await tenant.UntilAsync(nowhere, "uncertain");
        await shared.World.Dovecot.SeedAsync(tenant.Tenant.Mailbox, "Sent", [sink.Accepted.Single(mail => mail.Recipients[0] == "filed@example.net").Content!]);
        await tenant.SyncAsync();
        await tenant.UntilAsync(filed, "succeeded");
        Assert.Equal(("filed@example.net", "sent", null), Assert.Single(await tenant.RecipientsAsync(filed)));
        await tenant.UntilAsync(nowhere, "uncertain");
        Assert.Equal(2, sink.Accepted.Count);
    }
}
