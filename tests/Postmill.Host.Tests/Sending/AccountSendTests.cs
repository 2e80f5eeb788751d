using System.Net;
using System.Net.Http.Json;
using System.Text;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Http;
using Postmill.Host.Tests.Jobs;
using Postmill.Testing.Sink;

namespace Postmill.Host.Tests.Sending;

/// <summary><c>POST /api/accounts/{id}/smtp/messages</c>, to a real submission service and what stands behind it.</summary>
public sealed class AccountSendTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task A_mail_is_enqueued_sent_and_becomes_a_record()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var answer = await tenant.PostMailAsync(account, new
        {
            to_json = new[] { new { name = "Bücher, Ödön", email = "to@example.net" } },
            cc_json = new[] { "cc@bücher.example" },
            bcc_json = new[] { "hidden@example.net" },
            reply_to_json = new[] { new { email = "answers@example.net" } },
            subject = "Übersicht 漢字",
            text_body = "Guten Tag\n",
            html_body = "<p>Guten Tag <img src=\"cid:p@x\">",
            attachments = new object[]
            {
                new { filename = "Übersicht.txt", content_type = "text/plain", content_b64 = Convert.ToBase64String("Inhalt"u8), disposition = "attachment" },
                new { filename = "p.png", content_type = "image/png", content_b64 = "iVBORw==", disposition = "inline", content_id = "p@x" },
            },
            headers = new Dictionary<string, string> { ["X-Campaign"] = "May" },
            tags = new[] { "invoice" },
        });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        var data = (await answer.JsonAsync()).GetProperty("data");
        Mails.AssertGolden("mail_enqueued", text, data.MessageId());
        await tenant.UntilSentAsync(data);

        var accepted = Assert.Single(shared.World.Dovecot.Relay.Of(data.MessageId()));
        Assert.Equal(["<to@example.net>", "<cc@xn--bcher-kva.example>", "<hidden@example.net>"], accepted.Recipients.Select(r => r.Split(' ')[0]));
        var mail = accepted.Read();
        Assert.Equal(("Übersicht 漢字", "Guten Tag\n"), (mail.Subject, mail.Text));
        Assert.Equal([new("Your Name", tenant.Mailbox)], mail.From);
        Assert.Equal([new("Bücher, Ödön", "to@example.net")], mail.To);
        Assert.Equal(["Übersicht.txt", "p.png"], mail.Parts.Select(p => p.FileName).OfType<string>().Order(StringComparer.Ordinal).Reverse());
        Assert.Equal("May", mail.Headers.First("X-Campaign"));
        Assert.Equal(-1, Encoding.Latin1.GetString(accepted.Raw).IndexOf("hidden@example.net", StringComparison.Ordinal));

        var email = (await (await tenant.Client.GetAsync($"/api/emails/{data.GetProperty("email_id").GetGuid()}")).JsonAsync()).GetProperty("email");
        Assert.Equal("outbound", email.GetProperty("direction").GetString());
        Assert.Equal("hidden@example.net", email.GetProperty("bcc_json")[0].GetProperty("email").GetString());
        Assert.Equal("invoice", email.GetProperty("tags")[0].GetString());
    }

    [Fact]
    public async Task An_answer_names_the_thread_it_belongs_to()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        var references = new[] { "root@example.net", "<parent@example.net>" };
        var data = await tenant.HandInAsync(account, new { to_json = "a@example.net", in_reply_to = "<parent@example.net>", references });
        await tenant.UntilSentAsync(data);
        var mail = Assert.Single(shared.World.Dovecot.Relay.Of(data.MessageId())).Read();
        Assert.Equal(["parent@example.net"], mail.InReplyTo);
        Assert.Equal(["root@example.net", "parent@example.net"], mail.References);
    }

    [Fact]
    public async Task A_mail_for_later_waits()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        var at = TimeProvider.System.GetUtcNow().AddDays(1);
        var data = await tenant.HandInAsync(account, new { to_json = "a@example.net", send_at = at, priority = "bulk" });
        var job = await tenant.JobAsync(data.JobId());
        Assert.Equal("queued", job.State());
        Assert.InRange(job.Next(), TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        using var far = await tenant.PostMailAsync(account, new { to_json = "a@example.net", send_at = at.AddYears(2) });
        await far.AssertFieldErrorAsync("send_at");
        Assert.Empty(shared.World.Dovecot.Relay.Of(data.MessageId()));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("header")]
    public async Task A_repeat_with_the_same_key_is_the_same_mail_and_another_body_is_409(string place)
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        var body = new Dictionary<string, object> { ["to_json"] = "a@example.net", ["subject"] = "once" };
        var first = (await (await PostAsync(tenant, account, body, place)).JsonAsync()).GetProperty("data");
        await tenant.UntilSentAsync(first);
        var again = await PostAsync(tenant, account, body, place);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Mails.AssertGolden("mail_enqueued_again", await again.Content.ReadAsStringAsync(), first.MessageId());
        var repeat = (await again.JsonAsync()).GetProperty("data");
        Assert.Equal((first.JobId(), first.MessageId()), (repeat.JobId(), repeat.MessageId()));
        body["subject"] = "twice";
        await (await PostAsync(tenant, account, body, place)).AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        Assert.Single(shared.World.Dovecot.Relay.Of(first.MessageId()));
        Assert.Equal(1, await tenant.CountAsync("SELECT count(*) FROM outgoing WHERE account_id = $1", account));
    }

    [Fact]
    public async Task Who_sends_as_somebody_else_is_refused()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var other = await tenant.PostMailAsync(account, new { from_json = "other@example.net", to_json = "a@example.net" });
        await other.AssertErrorAsync(HttpStatusCode.Forbidden, "from_not_allowed");
        var data = await tenant.HandInAsync(account, new { from_json = new[] { new { email = tenant.Mailbox.ToUpperInvariant(), name = "Me" } }, to_json = "a@example.net" });
        await tenant.UntilSentAsync(data);
        Assert.Equal("Me", Assert.Single(shared.World.Dovecot.Relay.Of(data.MessageId()).Single().Read().From).Name);
    }

    [Theory]
    [InlineData("""{"to_json":[]}""", "to_json")]
    [InlineData("""{"to_json":"a@example.net","headers":{"Bcc":"x@example.net"}}""", "headers")]
    [InlineData("""{"to_json":"a@example.net","headers":{"X-A":"1\r\nBcc: x@example.net"}}""", "headers")]
    [InlineData("""{"to_json":"a@example.net","in_reply_to":"<a b@c>"}""", "in_reply_to")]
    [InlineData("""{"to_json":"a@example.net","references":["a\r\nBcc: x@example.net"]}""", "references")]
    [InlineData("""{"to_json":"a@example.net","attachments":[{"filename":"a\r\nb","content_b64":""}]}""", "attachments")]
    [InlineData("""{"to_json":"a@example.net","attachments":[{"filename":"a","content_type":"text/plain\r\nX: y","content_b64":""}]}""", "attachments")]
    public async Task What_cannot_be_a_mail_is_refused_before_it_is_stored(string json, string field)
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var answer = await tenant.Client.PostAsync($"/api/accounts/{account}/smtp/messages", new StringContent(json, null, "application/json"));
        await answer.AssertFieldErrorAsync(field);
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM outgoing WHERE account_id = $1", account));
    }

    [Fact]
    public async Task A_suppressed_recipient_is_422_and_nobody_gets_the_mail()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        (await tenant.Client.PostAsJsonAsync("/api/suppressions", new { email = "Gone@Example.net" })).Dispose();
        using var session = await tenant.PostMailAsync(account, new { to_json = "a@example.net", bcc_json = "gone@example.net" });
        var refusal = await session.AssertErrorAsync(HttpStatusCode.UnprocessableEntity, "recipient_suppressed");
        Assert.Contains("gone@example.net", refusal.GetProperty("error").GetString(), StringComparison.Ordinal);
        var key = shared.Host.NewClient(await HostFixture.NewKeyAsync(tenant.User, "send"));
        using var byKey = await key.PostAsJsonAsync("/api/v1/send", new { from = tenant.Mailbox, to = "gone@example.net", text = "x" });
        await byKey.AssertErrorAsync(HttpStatusCode.UnprocessableEntity, "recipient_suppressed");
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM outgoing WHERE account_id = $1", account));
    }

    [Fact]
    public async Task Credential_account_and_role_are_checked()
    {
        var (tenant, other, viewer) = (await shared.NewTenantAsync(), await shared.NewTenantAsync(), await shared.NewTenantAsync("edit"));
        var (account, foreign) = (await tenant.ConnectAsync(), await other.ConnectAsync());
        await tenant.HandInAsync(account, new { credential_id = account, to_json = "a@example.net" });
        using var credential = await tenant.PostMailAsync(account, new { credential_id = foreign, to_json = "a@example.net" });
        await credential.AssertErrorAsync(HttpStatusCode.NotFound, "credential_not_found");
        foreach (var path in new[] { foreign.ToString(), Guid.NewGuid().ToString(), "none" })
        {
            using var answer = await tenant.Client.PostAsJsonAsync($"/api/accounts/{path}/smtp/messages", new { to_json = "a@example.net" });
            await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        }

        using var role = await viewer.PostMailAsync(account, new { to_json = "a@example.net" });
        await role.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
    }

    [Fact]
    public async Task A_large_file_goes_and_a_larger_one_is_413()
    {
        var tenant = await shared.NewTenantAsync();
        await using var sink = await JournalSink.StartAsync();
        var account = await tenant.ConnectAsync(("smtp_port", sink.Port), ("smtp_tls", "none"));
        var content = new byte[20 << 20];
        new Random(1).NextBytes(content);
        var data = await tenant.HandInAsync(account, new { to_json = "a@example.net", attachments = new[] { new { filename = "large.bin", content_b64 = content } } });
        await tenant.UntilSentAsync(data);
        var raw = await tenant.Client.GetByteArrayAsync($"/api/emails/{data.GetProperty("email_id").GetGuid()}/raw");
        Assert.Equal(raw, Assert.Single(sink.Accepted).Content);
        var larger = new[] { new { filename = "a", content_b64 = new byte[30 << 20] } };
        using var composed = await tenant.PostMailAsync(account, new { to_json = "a@example.net", attachments = larger });
        await composed.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "mail_too_large");
        using var body = await tenant.PostMailAsync(account, new { to_json = "a@example.net", text_body = new string('x', 49 << 20) });
        await body.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task The_requests_of_the_file_are_answered_as_they_say()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        var file = RequestFile.Read(RequestFile.All().Single(f => Path.GetFileName(f) == "sending.http"))
            .With("session", tenant.User.Token).With("account", account).With("mailbox", tenant.Mailbox).With("key", await HostFixture.NewKeyAsync(tenant.User, "send"));
        Assert.True(await file.ReplayAsync(shared.Host.NewClient(), shared.Host.Address) > 10);
    }

    private static Task<HttpResponseMessage> PostAsync(Tenant tenant, Guid account, Dictionary<string, object> body, string place)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/accounts/{account}/smtp/messages");
        var given = new Dictionary<string, object>(body);
        if (place == "body") given["idempotency_key"] = "mail-1";
        else request.Headers.Add("Idempotency-Key", "mail-1");
        request.Content = JsonContent.Create(given);
        return tenant.Client.SendAsync(request);
    }
}
