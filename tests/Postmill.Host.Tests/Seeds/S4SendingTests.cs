using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Messages;
using Postmill.Host.Tests.Sending;

namespace Postmill.Host.Tests.Seeds;

/// <summary>The sentences of S4 about outbound mail, to a real submission service and what stands behind it.</summary>
public sealed class S4SendingTests(S4SendingTests.World shared) : IClassFixture<S4SendingTests.World>
{
    private static readonly object Mail = new
    {
        to_json = new[] { new { name = "Bücher, Ödön", email = "to@example.net" } },
        subject = "Übersicht",
        text_body = "Guten Tag",
        html_body = "<p>Guten Tag <img src=\"cid:logo@example.org\"></p>",
        attachments = new object[]
        {
            new { filename = "figures.txt", content_type = "text/plain", content_b64 = "zwölf"u8.ToArray(), disposition = "attachment" },
            new { filename = "logo.png", content_type = "image/png", content_b64 = SampleMail.Png, disposition = "inline", content_id = "logo@example.org" },
        },
    };

    [Fact]
    public async Task It_gives_one_clear_order_of_use_sign_in_set_credentials_then_run_IMAP_and_SMTP_operations()
    {
        var tenant = await shared.NewTenantAsync();
        string[] operations = ["imap/sync-mailboxes", "imap/sync-messages", "smtp/messages"];
        foreach (var operation in operations)
        {
            using var stranger = await shared.Host.NewClient().PostAsJsonAsync($"/api/accounts/{Guid.NewGuid()}/{operation}", Mail);
            await stranger.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
            using var early = await tenant.Client.PostAsJsonAsync($"/api/accounts/{Guid.NewGuid()}/{operation}", Mail);
            await early.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        }

        var account = await tenant.ConnectAsync();
        foreach (var operation in operations)
        {
            using var answer = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/{operation}", Mail);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Enqueue_outbound_message_send()
    {
        var (tenant, account) = await NewAsync();
        var body = new { to_json = "to@example.net", subject = "tomorrow", text_body = "x", send_at = TimeProvider.System.GetUtcNow().AddDays(1) };
        using var answer = await tenant.PostMailAsync(account, body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var data = (await answer.JsonAsync()).GetProperty("data");
        Mails.AssertGolden("mail_enqueued", await answer.Content.ReadAsStringAsync(), data.MessageId());
        Assert.Equal(data.JobId(), Assert.Single(await tenant.JobsAsync(account, "?kind=send_message&state=queued")).GetProperty("id").GetGuid());
        var list = await MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails");
        Assert.Equal(Text(data, "email_id"), Text(Assert.Single(list.GetProperty("emails").EnumerateArray()), "id"));
        Assert.Empty(shared.World.Dovecot.Relay.Of(data.MessageId()));
    }

    [Fact]
    public async Task Outbound_SMTP_sends_are_queued_while_results_are_tracked_through_tasks_jobs_and_logs()
    {
        var (tenant, account) = await NewAsync();
        var data = await tenant.HandInAsync(account, Mail);
        await tenant.UntilSentAsync(data);
        Assert.Equal("<to@example.net>", Assert.Single(Assert.Single(shared.World.Dovecot.Relay.Of(data.MessageId())).Recipients).Split(' ')[0]);
        Golden.AssertMatches("mail_task", await tenant.Client.GetStringAsync($"/api/tasks/{Text(data, "task_id")}"));
        Golden.AssertMatches("mail_job", await tenant.Client.GetStringAsync($"/api/jobs/{data.JobId()}"));
        Assert.Equal(data.JobId(), Assert.Single(await tenant.JobsAsync(account, "?kind=send_message")).GetProperty("id").GetGuid());
        var lines = await tenant.LogsAsync(account, $"?subject={data.JobId()}");
        Assert.Equal(["mail.sent", "task.requested"], lines.Select(line => Text(line, "action")));
        var masked = lines[0].ToString().Replace($"\"id\":\"{Text(lines[0], "id")}\"", "\"id\":\"1\"", StringComparison.Ordinal);
        Mails.AssertGolden("mail_log", masked, data.MessageId());
    }

    [Fact]
    public async Task An_email_message_is_stored_outbound_message_data_linked_to_task_job_and_provider_credential()
    {
        var (tenant, account) = await NewAsync();
        var data = await tenant.HandInAsync(account, Mail);
        await tenant.UntilSentAsync(data);
        var one = await tenant.Client.GetStringAsync($"/api/emails/{Text(data, "email_id")}");
        var email = JsonElement.Parse(one).GetProperty("email");
        var masked = one.Replace(tenant.Mailbox, "me@example.org", StringComparison.Ordinal)
            .Replace($"\"size\":{email.GetProperty("size").GetInt64()}", "\"size\":1", StringComparison.Ordinal);
        Mails.AssertGolden("mail_record", masked, data.MessageId());
        Assert.Equal((Text(data, "task_id"), Text(data, "job_id"), account.ToString()), (Text(email, "task_id"), Text(email, "job_id"), Text(email, "account_id")));
        var list = await MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails?direction=outbound");
        Assert.Equal(email.ToString(), Assert.Single(list.GetProperty("emails").EnumerateArray()).ToString());
        foreach (var search in new object[] { new { query = "übersicht" }, new { query = "figures" }, new { to = "to@example.net" }, new { message_id = data.MessageId() } })
            Assert.Equal(Text(email, "id"), Text(Assert.Single((await tenant.User.SearchAsync(account, search)).GetProperty("emails").EnumerateArray()), "id"));
    }

    [Fact]
    public async Task An_email_message_part_is_for_attachments_and_embeds_and_its_content_is_decoded()
    {
        var (tenant, account) = await NewAsync();
        var path = $"/api/accounts/{account}/emails/{Text(await tenant.HandInAsync(account, Mail), "email_id")}";
        var parts = (await MailHost.GetAsync(tenant.User, path + "/parts")).GetProperty("parts").EnumerateArray().ToList();
        var attachment = parts.Single(part => part.GetProperty("filename").GetString() == "figures.txt");
        var embed = parts.Single(part => part.GetProperty("filename").GetString() == "logo.png");
        Assert.Equal(("attachment", "text/plain"), (Text(attachment, "disposition"), Text(attachment, "content_type")));
        Assert.Equal(("inline", "logo@example.org"), (Text(embed, "disposition"), Text(embed, "content_id")));
        Assert.Equal("zwölf", await tenant.Client.GetStringAsync($"{path}/parts/{Text(attachment, "id")}/content"));
        Assert.Equal(SampleMail.Png, await tenant.Client.GetByteArrayAsync($"{path}/parts/{Text(embed, "id")}/content"));
        Assert.Equal("Guten Tag", Text((await MailHost.GetAsync(tenant.User, path + "/body")).GetProperty("body"), "text").Trim());
    }

    [Fact]
    public async Task Provider_send_failures_are_surfaced_through_task_and_job_state_and_audit_trails()
    {
        await using var sink = await JournalSink.StartAsync();
        sink.Use(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 no such user")));
        var (tenant, account) = await NewAsync(sink);
        var data = await tenant.HandInAsync(account, Mail);
        var failed = await tenant.UntilJobAsync(data.JobId(), "failed");
        Assert.Equal("smtp_rejected", failed.Code());
        Assert.Equal("failed", Text((await MailHost.GetAsync(tenant.User, $"/api/tasks/{Text(data, "task_id")}")).GetProperty("task"), "state"));
        var line = Assert.Single(await tenant.LogsAsync(account, "?action=mail.failed&code=smtp_rejected"));
        Assert.Equal(data.JobId().ToString(), Text(line, "subject"));
        Assert.Empty(sink.Accepted);
    }

    [Fact]
    public async Task It_ties_provider_actions_to_tasks_and_jobs_for_clear_retry_behavior()
    {
        await using var sink = await JournalSink.StartAsync();
        sink.Use(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("450 4.2.0 greylisted")) { Times = 1 });
        var (tenant, account) = await NewAsync(sink);
        var data = await tenant.HandInAsync(account, Mail);
        var waiting = await tenant.UntilJobAsync(data.JobId(), "retrying");
        Assert.Equal(("smtp_deferred", 1), (waiting.Code(), waiting.GetProperty("attempt_count").GetInt32()));
        Assert.InRange(waiting.Next(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(15));
        using var retried = await tenant.ActAsync(data.JobId(), "retry");
        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        var done = await tenant.UntilJobAsync(data.JobId(), "succeeded");
        Assert.Equal((2, JsonValueKind.Null), (done.GetProperty("attempt_count").GetInt32(), done.GetProperty("next_run_at").ValueKind));
        Assert.Single(sink.Accepted);
    }

    private async Task<(Tenant Tenant, Guid Account)> NewAsync(JournalSink? sink = null)
    {
        var tenant = await shared.NewTenantAsync();
        return (tenant, await (sink is null ? tenant.ConnectAsync() : tenant.ConnectAsync(("smtp_host", "127.0.0.1"), ("smtp_port", sink.Port), ("smtp_tls", "none"))));
    }

    private static string Text(JsonElement json, string field) => json.GetProperty(field).GetString()!;

    /// <summary>A mail's record has no folder: no copy is put into one.</summary>
    public sealed class World : TenantWorld
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Postmill:Sending:SentCopy"] = "never" };
    }
}
