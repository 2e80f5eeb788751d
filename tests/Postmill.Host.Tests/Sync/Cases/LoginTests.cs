using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class LoginTests
{
    public static TheoryData<string, string> Passwords
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var way in new[] { "AUTHENTICATE with initial response", "AUTHENTICATE", "LOGIN" })
                foreach (var password in new[] { "quote \" and \\ backslash\\", "pässwörd 密码 🔑", " blanks around ", "{5}%*()&~" }) all.Add(way, password);
            return all;
        }
    }

    [Theory, MemberData(nameof(Passwords))]
    public async Task Any_password_logs_in_by_every_way(string way, string password)
    {
        await using var story = await CaseWorld.StartAsync();
        await using var line = new TcpProxy(story.World.Dovecot.ImapPort)
        {
            FromServer = said => way switch
            {
                "LOGIN" => said.Replace("AUTH=", "XUTH=", StringComparison.Ordinal),
                "AUTHENTICATE" => said.Replace("SASL-IR", "XASL-IR", StringComparison.Ordinal),
                _ => said,
            },
        };
        (story.World.ImapsPort, story.World.ImapTls) = (line.Port, "none");
        story.World.Dovecot.AddUser(story.Mailbox, password);
        var body = story.World.ConnectBody();
        body["password"] = password;
        using var answer = await story.World.Client.PostAsJsonAsync("/api/accounts", body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Logindisabled_until_starttls_is_obeyed()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 3);
        var said = new ConcurrentQueue<string>();
        // Dovecot takes this machine for safe and would let us in.
        await using var line = new TcpProxy(story.World.Dovecot.ImapPort)
        {
            FromServer = text => text.Replace("AUTH=PLAIN AUTH=LOGIN", "LOGINDISABLED", StringComparison.Ordinal),
            FromClient = text =>
            {
                said.Enqueue(text);
                return text;
            },
        };
        (story.World.ImapsPort, story.World.ImapTls) = (line.Port, "none");
        using (var refused = await story.World.Client.PostAsJsonAsync("/api/accounts", story.World.ConnectBody()))
            await refused.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed");
        Assert.DoesNotContain(said, text => text.Contains("LOGIN", StringComparison.Ordinal) || text.Contains("AUTHENTICATE", StringComparison.Ordinal));

        story.World.ImapTls = "starttls";
        await story.ConnectAndSyncAsync();
        await story.World.AssertStoreEqualsServerAsync(story.Account);
    }

    [Fact]
    public async Task Password_that_became_wrong_is_tried_once_and_then_only_when_asked()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 3);
        await story.ConnectAndSyncAsync();
        story.World.Dovecot.AddUser(story.Mailbox, "another one");
        await story.World.Dovecot.DoveadmAsync("kick", story.Mailbox);
        await Eventually.TrueAsync("the reconnect was refused", () => Task.FromResult(Refusals(story) == 1));

        using var answer = await story.World.Client.PostAsJsonAsync("/api/sync", new { account_id = story.Account });
        await answer.AssertErrorAsync(HttpStatusCode.BadGateway, "imap_auth_failed");
        await Eventually.TrueAsync("the server logged the second refusal", () => Task.FromResult(Refusals(story) == 2));

        story.World.Dovecot.AddUser(story.Mailbox, MailWorld.Password);
        await story.DeliverAsync("after the password is right again");
        await story.SyncAndCompareAsync();
        Assert.Equal(2, Refusals(story));
        Assert.Single(await story.NewsAsync());
    }

    private static int Refusals(CaseWorld story) =>
        story.World.Dovecot.Log.Split('\n').Count(line => line.Contains("auth failed", StringComparison.Ordinal) && line.Contains(story.Mailbox, StringComparison.Ordinal));
}
