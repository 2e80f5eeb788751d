using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sending;

/// <summary><c>POST /api/v1/send</c>: the answer tells what the mail server said.</summary>
public sealed class KeySendTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Theory]
    [InlineData("/api/v1/send")]
    [InlineData("/mail/v1/send")]
    public async Task A_mail_is_sent_while_the_caller_waits(string path)
    {
        var sender = await SenderAsync();
        using var answer = await sender.Client.PostAsJsonAsync(path, new
        {
            from = new { email = sender.Tenant.Mailbox, name = "Shop" },
            to = new[] { new { email = "a@example.net", name = "A" } },
            subject = "Your order",
            html = "<p>Thanks",
            text = "Thanks",
            tags = new[] { "order" },
            metadata = new { order = 7 },
        });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var id = (await answer.JsonAsync()).MessageId();
        Mails.AssertGolden("mail_sent", text, id);
        Assert.Equal("Shop", Assert.Single(Assert.Single(shared.World.Dovecot.Relay.Of(id)).Read().From).Name);
        Assert.True(answer.Headers.Contains("X-RateLimit-Remaining"));
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_no_second_mail()
    {
        var sender = await SenderAsync();
        var first = await (await sender.SendAsync(subject: "once", key: "order-7")).JsonAsync();
        var id = first.MessageId();
        for (var repeat = 0; repeat < 3; repeat++)
        {
            using var again = await sender.SendAsync(subject: "once", key: "order-7");
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            Mails.AssertGolden("mail_sent_again", await again.Content.ReadAsStringAsync(), id);
            using var body = JsonDocument.Parse(await again.Content.ReadAsStringAsync());
            Assert.Equal(first.GetProperty("timestamp").GetString(), body.RootElement.GetProperty("timestamp").GetString());
        }

        using var other = await sender.SendAsync(subject: "twice", key: "order-7");
        await other.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        Assert.Single(shared.World.Dovecot.Relay.Of(id));
    }

    [Fact]
    public async Task Twenty_at_once_with_one_key_are_one_mail()
    {
        var sender = await SenderAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => sender.SendAsync(subject: "storm", key: "storm")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var ids = new HashSet<string>();
        foreach (var answer in answers) ids.Add((await answer.JsonAsync()).MessageId());
        Assert.Single(shared.World.Dovecot.Relay.Of(Assert.Single(ids)));
        Assert.Equal(1, await sender.Tenant.CountAsync("SELECT count(*) FROM outgoing WHERE account_id = $1", sender.Account));
    }

    [Fact]
    public async Task While_the_mail_server_is_down_the_mail_is_queued_and_a_repeat_says_so_again()
    {
        var sender = await SenderAsync();
        using var closed = PortLease.Take();
        await sender.MoveSmtpAsync(closed.Port);
        var ids = new HashSet<string>();
        foreach (var isRepeat in new[] { false, true })
        {
            using var answer = await sender.SendAsync(subject: "later", key: "later");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            var queued = await answer.JsonAsync();
            Assert.False(queued.GetProperty("success").GetBoolean());
            Assert.True(queued.GetProperty("queued").GetBoolean());
            Assert.Contains("localhost", queued.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(isRepeat, queued.TryGetProperty("idempotent", out _));
            ids.Add(queued.MessageId());
        }

        Assert.Single(ids);
        var job = Assert.Single(await sender.Tenant.JobsAsync(sender.Account, "?kind=send_message"));
        Assert.Equal("smtp_unreachable", job.Code());
    }

    [Fact]
    public async Task When_the_server_refuses_the_only_recipient_it_is_502_with_its_code_and_a_repeat_says_so_again()
    {
        await using var sink = await JournalSink.StartAsync();
        sink.Use(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 no such user")));
        var sender = await SenderAsync(sink);
        for (var repeat = 0; repeat < 2; repeat++)
        {
            using var answer = await sender.SendAsync(key: "refused");
            var refusal = await answer.AssertErrorAsync(HttpStatusCode.BadGateway, "smtp_rejected");
            Assert.Contains("no such user", refusal.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("failed", Assert.Single(await sender.Tenant.JobsAsync(sender.Account, "?kind=send_message")).State());
        Assert.Empty(sink.Accepted);
        Assert.Equal(1, sink.Counts.Struck[SinkPhase.Rcpt]);
    }

    [Fact]
    public async Task When_the_server_takes_it_for_some_it_is_200_and_names_those_it_refused()
    {
        await using var sink = await JournalSink.StartAsync();
        sink.Use(
            new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 no such user")) { Recipient = "bad@" },
            new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("450 4.2.0 greylisted")) { Recipient = "grey@" });
        var sender = await SenderAsync(sink);
        foreach (var (key, refused, golden) in new[] { ("bad", new[] { "bad@example.net" }, "mail_sent_to_some"), ("both", ["bad@example.net", "grey@example.net"], "mail_sent_to_one") })
        {
            var body = new { from = sender.Tenant.Mailbox, to = "good@example.net", cc = refused, subject = "s", text = "x", idempotency_key = key };
            using var answer = await sender.Client.PostAsJsonAsync("/api/v1/send", body);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            Mails.AssertGolden(golden, text, (await answer.JsonAsync()).MessageId());
            Assert.Equal(["good@example.net"], sink.Accepted[^1].Recipients);
        }
    }

    [Fact]
    public async Task A_sender_that_is_no_connected_account_or_not_the_keys_is_403()
    {
        var sender = await SenderAsync();
        var second = await sender.Tenant.ConnectAsync(("email", shared.World.NewMailbox()));
        var other = await shared.NewTenantAsync();
        await other.ConnectAsync();
        foreach (var from in new[] { other.Mailbox, "nobody@example.net" })
        {
            using var refused = await sender.SendAsync(from: from);
            await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "from_not_allowed");
        }

        var narrow = shared.Host.NewClient(await NewKeyAsync(sender.Tenant, second));
        using var foreign = await narrow.PostAsJsonAsync("/api/v1/send", new { from = sender.Tenant.Mailbox, to = "a@example.net", text = "x" });
        await foreign.AssertErrorAsync(HttpStatusCode.Forbidden, "from_not_allowed");
        using var upper = await sender.SendAsync(from: sender.Tenant.Mailbox.ToUpperInvariant());
        Assert.Equal(HttpStatusCode.OK, upper.StatusCode);
    }

    [Fact]
    public async Task A_key_without_the_scope_and_a_session_send_nothing()
    {
        var sender = await SenderAsync();
        using var session = await sender.Tenant.Client.PostAsJsonAsync("/api/v1/send", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, session.StatusCode);
        using var scope = await shared.Host.NewClient(await HostFixture.NewKeyAsync(sender.Tenant.User, "read")).PostAsJsonAsync("/api/v1/send", new { });
        await scope.AssertErrorAsync(HttpStatusCode.Forbidden, "scope_missing");
    }

    [Fact]
    public async Task What_cannot_be_a_mail_names_the_field_as_this_route_does()
    {
        var sender = await SenderAsync();
        var attachments = new[] { new { filename = "a", content_type = "multipart/mixed", content_b64 = "" } };
        foreach (var (field, body) in new (string, object)[]
        {
            ("to", new { from = sender.Tenant.Mailbox, text = "x" }),
            ("from", new { to = "a@example.net", text = "x" }),
            ("attachments", new { from = sender.Tenant.Mailbox, to = "a@example.net", text = "x", attachments }),
        })
        {
            using var answer = await sender.Client.PostAsJsonAsync("/api/v1/send", body);
            await answer.AssertFieldErrorAsync(field);
        }
    }

    private async Task<Sender> SenderAsync(JournalSink? sink = null)
    {
        var tenant = await shared.NewTenantAsync();
        var account = await (sink is null ? tenant.ConnectAsync() : tenant.ConnectAsync(("smtp_host", "127.0.0.1"), ("smtp_port", sink.Port), ("smtp_tls", "none")));
        return new Sender(tenant, account, shared.Host.NewClient(await HostFixture.NewKeyAsync(tenant.User, "send")));
    }

    private static async Task<string> NewKeyAsync(Tenant tenant, Guid account)
    {
        using var answer = await tenant.Client.PostAsJsonAsync("/api/v1/keys", new { name = "narrow", scopes = new[] { "send" }, allowed_account_id = account });
        return (await answer.JsonAsync()).GetProperty("key").GetProperty("key").GetString()!;
    }

    private sealed record Sender(Tenant Tenant, Guid Account, HttpClient Client)
    {
        public Task<HttpResponseMessage> SendAsync(string subject = "s", string? key = null, string? from = null) =>
            Client.PostAsJsonAsync("/api/v1/send", new { from = from ?? Tenant.Mailbox, to = "a@example.net", subject, text = "x", idempotency_key = key });

        /// <summary>Where the account's mail goes from its next connection on.</summary>
        public Task MoveSmtpAsync(int port) => Tenant.ExecuteAsync($"UPDATE account SET smtp_port = {port} WHERE id = $1", Account);
    }
}
