using System.Net;
using System.Text;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Messages;

namespace Postmill.Host.Tests.Sync;

/// <summary><c>Postmill:Mail:LargestMail</c>: what is larger stays on the server, and nothing is shown of it.</summary>
public sealed class LargestMailTests(LargestMailTests.World shared) : IClassFixture<LargestMailTests.World>
{
    private const int Largest = 2_000_000;

    [Fact]
    public async Task A_mail_above_the_largest_is_left_on_the_server_and_never_stored_as_an_empty_one()
    {
        var tenant = await shared.NewTenantAsync();
        await shared.World.Dovecot.SeedAsync(tenant.Mailbox, "INBOX", [OfSize("small", 500), OfSize("large", Largest + 1)]);
        var account = await tenant.ConnectAndSyncAsync();
        await AssertStoredAsync(tenant, account, "small");

        // What comes later is judged alike, and holds up nothing that comes with it.
        await shared.World.Dovecot.SeedAsync(tenant.Mailbox, "INBOX", [OfSize("later", Largest + 1), OfSize("news", 500)]);
        Assert.Equal(1, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        await AssertStoredAsync(tenant, account, "news", "small");
        foreach (var words in new[] { "large", "later" }) Assert.Equal("", (await tenant.User.SearchAsync(account, new { query = words })).Ids());
    }

    [Fact]
    public async Task A_mail_of_just_that_size_is_stored_whole()
    {
        var tenant = await shared.NewTenantAsync();
        var raw = OfSize("just", Largest);
        await shared.World.Dovecot.SeedAsync(tenant.Mailbox, "INBOX", [raw]);
        var account = await tenant.ConnectAndSyncAsync();
        await AssertStoredAsync(tenant, account, "just");
        var email = (await MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails")).GetProperty("emails")[0];
        Assert.Equal(Largest, email.GetProperty("size").GetInt64());
        Assert.Equal(raw, await tenant.Client.GetByteArrayAsync($"/api/emails/{email.GetProperty("id").GetString()}/raw"));
    }

    [Fact]
    public async Task One_that_was_left_is_named_in_the_log_once_a_connection_and_not_fetched_by_every_run()
    {
        var tenant = await shared.NewTenantAsync();
        await shared.World.Dovecot.SeedAsync(tenant.Mailbox, "INBOX", [OfSize("large", Largest + 1)]);
        var account = await tenant.ConnectAndSyncAsync();
        for (var run = 0; run < 3; run++) Assert.Equal(0, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        var line = Assert.Single(shared.Host.Logs.Lines, line => line.Contains($"Account {account}: the mail with UID 1", StringComparison.Ordinal));
        Assert.Contains($"has {Largest + 1} octets, above the limit of {Largest}", line, StringComparison.Ordinal);
        await AssertStoredAsync(tenant, account);
    }

    /// <summary>These, each with its body and raw bytes; no other row, and none without octets.</summary>
    private static async Task AssertStoredAsync(Tenant tenant, Guid account, params string[] subjects)
    {
        var emails = (await MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails")).GetProperty("emails").EnumerateArray().ToList();
        Assert.Equal(subjects.Order(), emails.Select(email => email.GetProperty("subject").GetString()).Order());
        Assert.Equal(subjects.Length, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
        foreach (var email in emails)
        {
            var (id, subject) = (email.GetProperty("id").GetString(), email.GetProperty("subject").GetString()!);
            using var raw = await tenant.Client.GetAsync($"/api/emails/{id}/raw");
            Assert.Equal((HttpStatusCode.OK, email.GetProperty("size").GetInt64()), (raw.StatusCode, raw.Content.Headers.ContentLength));
            var body = (await MailHost.GetAsync(tenant.User, $"/api/emails/{id}/body")).GetProperty("body");
            Assert.StartsWith($"Hello {subject}.", body.GetProperty("text").GetString(), StringComparison.Ordinal);
        }
    }

    private static byte[] OfSize(string subject, int size)
    {
        var mail = new StringBuilder(size).Append(Encoding.UTF8.GetString(Letters.About(subject)));
        while (mail.Length + 82 < size) mail.Append('x', 78).Append("\r\n");
        return Encoding.ASCII.GetBytes(mail.Append('x', size - mail.Length - 2).Append("\r\n").ToString());
    }

    public sealed class World : TenantWorld
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(MailWorld.Unthrottled)
        {
            ["Postmill:Mail:LargestMail"] = Largest.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
