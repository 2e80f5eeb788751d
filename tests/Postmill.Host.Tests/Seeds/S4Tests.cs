using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Messages;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Seeds;

/// <summary>The public page "Email Ingestion and Delivery" (S4), sentence by sentence, against a real mail server. What a sentence means in detail is tested with its feature.</summary>
public sealed partial class S4Tests(S4Tests.World shared) : IClassFixture<S4Tests.World>
{
    // Not in any field that a list may show.
    private const string Secret = "zweihundertsiebenundzwanzig";

    private static readonly string[] EmailFields =
    [
        "id", "account_id", "direction", "message_id", "thread_id", "subject", "from_json", "to_json", "cc_json", "bcc_json", "reply_to_json", "date", "received_at", "folder",
        "folders", "flags", "is_read", "is_starred", "has_attachments", "size", "snippet", "tags", "notes", "created_at", "updated_at",
    ];

    [Theory]
    [InlineData("post", "/api/accounts/{}/imap/sync-mailboxes")]
    [InlineData("post", "/api/accounts/{}/imap/sync-messages")]
    [InlineData("post", "/api/accounts/{}/smtp/messages")]
    [InlineData("get", "/api/accounts/{}/emails")]
    [InlineData("post", "/api/accounts/{}/emails/search")]
    [InlineData("post", "/api/accounts/{}/emails/search-delete")]
    [InlineData("post", "/api/accounts/{}/emails")]
    [InlineData("get", "/api/emails/{}")]
    [InlineData("patch", "/api/emails/{}")]
    [InlineData("delete", "/api/emails/{}")]
    [InlineData("get", "/api/accounts/{}/emails/{}/body")]
    [InlineData("get", "/api/accounts/{}/emails/{}/parts")]
    [InlineData("get", "/api/accounts/{}/emails/{}/parts/{}/content")]
    public async Task The_operation_is_served_at_its_endpoint_and_described(string method, string path)
    {
        var document = await shared.DocumentAsync();
        var described = document.GetProperty("paths").EnumerateObject().Single(p => Parameters().Replace(p.Name, "{}") == path && p.Value.TryGetProperty(method, out _));
        Assert.NotEmpty(described.Value.GetProperty(method).GetProperty("summary").GetString()!);
        // Without a session it is there, and closed.
        using var request = new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path.Replace("{}", Guid.NewGuid().ToString(), StringComparison.Ordinal));
        using var answer = await shared.Host.NewClient().SendAsync(request);
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Signed_in_users_with_saved_credentials_sync_inbound_email()
    {
        var (tenant, account) = await NewAsync();
        await tenant.DeliverAsync("hello");
        var enqueued = await tenant.EnqueueAsync(account);
        await tenant.UntilJobAsync(enqueued.JobId(), "succeeded");
        Assert.Equal(["hello"], await SubjectsAsync(tenant, account));
    }

    [Fact]
    public async Task It_stores_provider_email_data_in_a_consistent_account_shape()
    {
        var (tenant, account) = await NewAsync();
        await shared.World.Dovecot.DeliverAsync(tenant.Mailbox, SampleMail.Full());
        await tenant.SyncAsync(account);
        using var made = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails", new { direction = "outbound", subject = "out", to_json = new[] { new { email = "a@example.org" } } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var list = await ListAsync(tenant, account);
        Assert.Equal(["outbound", "inbound"], list.Select(email => Text(email, "direction")));
        foreach (var email in list)
        {
            var names = email.EnumerateObject().Select(field => field.Name).ToList();
            Assert.Equal(EmailFields, names.Intersect(EmailFields));
            Assert.Empty(names.Except(EmailFields).Except(["task_id", "job_id"]));
            Assert.Equal(email.ToString(), (await ReadAsync(tenant, $"/api/emails/{Text(email, "id")}")).GetProperty("email").ToString());
        }
    }

    [Fact]
    public async Task It_separates_metadata_search_from_full_body_and_part_retrieval()
    {
        var (tenant, account) = await NewAsync();
        await DeliverSecretAsync(tenant);
        await tenant.SyncAsync(account);
        var list = await tenant.Client.GetByteArrayAsync($"/api/accounts/{account}/emails");
        using var search = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", new { subject = "figures" });
        using var newest = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", new { sort = "newest" });
        var id = Text((await ListAsync(tenant, account)).Single(), "id");
        foreach (var bytes in new[] { list, await search.Content.ReadAsByteArrayAsync(), await newest.Content.ReadAsByteArrayAsync(), await tenant.Client.GetByteArrayAsync($"/api/emails/{id}") })
        {
            Assert.Contains("figures", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            foreach (var form in new[] { Secret, Convert.ToBase64String(Encoding.ASCII.GetBytes(Secret)), "\"body\"", "\"html\"", "\"text\"", "\"raw\"", "\"content\"" })
                Assert.DoesNotContain(form, Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        }

        var body = (await ReadAsync(tenant, $"/api/accounts/{account}/emails/{id}/body")).GetProperty("body");
        Assert.Contains(Secret, Text(body, "text"), StringComparison.Ordinal);
        var part = (await ReadAsync(tenant, $"/api/accounts/{account}/emails/{id}/parts")).GetProperty("parts").EnumerateArray().Last();
        Assert.Equal($"{Secret} in a file", await tenant.Client.GetStringAsync($"/api/accounts/{account}/emails/{id}/parts/{Text(part, "id")}/content"));
    }

    [Fact]
    public async Task It_ties_provider_actions_to_tasks_and_jobs()
    {
        var (tenant, account) = await NewAsync();
        foreach (var (action, kind) in new[] { ("sync-mailboxes", "sync_mailboxes"), ("sync-messages", "sync_messages") })
        {
            using var answer = await tenant.Client.PostAsync($"/api/accounts/{account}/imap/{action}", null);
            Golden.AssertMatches("job_enqueued", await answer.Content.ReadAsStringAsync());
            var data = (await answer.JsonAsync()).GetProperty("data");
            var job = await tenant.UntilJobAsync(data.JobId(), "succeeded");
            var task = (await ReadAsync(tenant, $"/api/tasks/{Text(data, "task_id")}")).GetProperty("task");
            Assert.Equal((kind, Text(data, "task_id"), account.ToString()), (Text(job, "kind"), Text(job, "task_id"), Text(job, "account_id")));
            Assert.Equal((kind, Text(data, "job_id"), "succeeded"), (Text(task, "kind"), Text(task, "job_id"), Text(task, "state")));
        }
    }

    [Fact]
    public async Task Provider_sync_failures_are_surfaced_through_task_and_job_state_and_audit_trails()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        shared.World.Dovecot.AddUser(tenant.Mailbox, "another password");
        gate.Cut();
        var enqueued = await tenant.EnqueueAsync(account);
        var failed = await tenant.UntilJobAsync(enqueued.JobId(), "failed");
        Assert.Equal("imap_auth_failed", failed.Code());
        Assert.Equal("failed", Text((await ReadAsync(tenant, $"/api/tasks/{Text(enqueued, "task_id")}")).GetProperty("task"), "state"));
        Assert.NotEmpty(await tenant.LogsAsync(account, "?action=sync.failed&code=imap_auth_failed"));
    }

    [Fact]
    public async Task Account_scoped_routes_reject_account_mismatches()
    {
        var (tenant, account) = await NewAsync();
        await DeliverSecretAsync(tenant);
        await tenant.DeliverAsync("beside");
        await tenant.SyncAsync(account);
        var second = new Tenant(shared.World, tenant.User);
        var other = await second.ConnectAndSyncAsync();
        var (email, beside) = (await IdAsync(tenant, account, "figures"), await IdAsync(tenant, account, "beside"));
        var part = Text((await ReadAsync(tenant, $"/api/emails/{email}/parts")).GetProperty("parts").EnumerateArray().Last(), "id");
        // An email of another own account.
        foreach (var path in new[] { "", "/body", "/parts", "/raw", $"/parts/{part}/content" })
        {
            using var whole = await tenant.Client.GetAsync($"/api/accounts/{account}/emails/{email}{path}");
            Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
            using var mismatch = await tenant.Client.GetAsync($"/api/accounts/{other}/emails/{email}{path}");
            await mismatch.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        using var change = await tenant.Client.PatchAsJsonAsync($"/api/accounts/{other}/emails/{email}", new { is_read = true });
        await change.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        using var delete = await tenant.Client.DeleteAsync($"/api/accounts/{other}/emails/{email}");
        await delete.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        // A part of another email.
        using var foreign = await tenant.Client.GetAsync($"/api/accounts/{account}/emails/{beside}/parts/{part}/content");
        await foreign.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        // A credential of another account.
        using var credential = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/imap/sync-messages", new { credential_id = other });
        await credential.AssertErrorAsync(HttpStatusCode.NotFound, "credential_not_found");
    }

    [Fact]
    public async Task Search_delete_remains_explicit_and_scoped()
    {
        var (tenant, account) = await NewAsync();
        var second = new Tenant(shared.World, tenant.User);
        var other = await second.ConnectAndSyncAsync();
        foreach (var (one, id) in new[] { (tenant, account), (second, other) })
        {
            foreach (var subject in new[] { "newsletter", "letter" }) await one.DeliverAsync(subject);
            await one.SyncAsync(id);
        }

        using var everything = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { });
        Assert.Equal(HttpStatusCode.BadRequest, everything.StatusCode);
        using var dry = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { subject = "newsletter", dry_run = true });
        Golden.AssertMatches("search_delete_dry_one", await dry.Content.ReadAsStringAsync());
        Assert.Equal(2, (await ListAsync(tenant, account)).Count);
        using var wet = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { subject = "newsletter" });
        Assert.Equal(HttpStatusCode.OK, wet.StatusCode);
        Assert.Equal(["letter"], await SubjectsAsync(tenant, account));
        Assert.Equal(2, (await ListAsync(tenant, other)).Count);
    }

    [Fact]
    public async Task A_deleted_record_does_not_come_back_after_an_incremental_and_a_full_sync()
    {
        var (tenant, account) = await NewAsync();
        foreach (var subject in new[] { "kept", "deleted", "gone by search" }) await tenant.DeliverAsync(subject);
        await tenant.SyncAsync(account);
        (await tenant.Client.DeleteAsync($"/api/emails/{await IdAsync(tenant, account, "deleted")}")).Dispose();
        (await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { query = "\"gone by search\"" })).Dispose();

        await tenant.DeliverAsync("news");
        Assert.Equal(1, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        Assert.Equal(["news", "kept"], await SubjectsAsync(tenant, account));

        // Everything is read from the server again.
        await tenant.RunAsync("DELETE FROM location WHERE message_id IN (SELECT id FROM message WHERE account_id = $1)", account);
        await tenant.RunAsync("UPDATE folder SET uid_validity = NULL, uid_next = NULL, highest_modseq = NULL, message_count = 0 WHERE account_id = $1", account);
        Assert.Equal(0, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        Assert.Equal(4, await tenant.CountAsync("SELECT count(*) FROM location l JOIN message m ON m.id = l.message_id WHERE m.account_id = $1", account));
        Assert.Equal(["news", "kept"], await SubjectsAsync(tenant, account));
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameters();

    private async Task<(Tenant Tenant, Guid Account)> NewAsync()
    {
        var tenant = await shared.NewTenantAsync();
        return (tenant, await tenant.ConnectAndSyncAsync());
    }

    private Task DeliverSecretAsync(Tenant tenant) => shared.World.Dovecot.DeliverAsync(tenant.Mailbox, SearchHost.Mail(
        "figures", "The figures", $"{new string('a', 300)} {Secret} units", more: $"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n{Secret} in a file\n"));

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Tenant tenant, Guid account) =>
        [.. (await ReadAsync(tenant, $"/api/accounts/{account}/emails")).GetProperty("emails").EnumerateArray()];

    private static async Task<IEnumerable<string>> SubjectsAsync(Tenant tenant, Guid account) => (await ListAsync(tenant, account)).Select(email => Text(email, "subject"));

    private static async Task<string> IdAsync(Tenant tenant, Guid account, string subject) =>
        Text((await ListAsync(tenant, account)).Single(email => Text(email, "subject").EndsWith(subject, StringComparison.Ordinal)), "id");

    private static async Task<JsonElement> ReadAsync(Tenant tenant, string path) => await MailHost.GetAsync(tenant.User, path);

    private static string Text(JsonElement json, string field) => json.GetProperty(field).GetString()!;

    /// <summary>Syncs as often as it is asked to.</summary>
    public sealed class World : TenantWorld
    {
        private JsonElement? _document;

        protected override IReadOnlyDictionary<string, string> Settings => MailWorld.Unthrottled;

        public async Task<JsonElement> DocumentAsync() => _document ??= JsonElement.Parse(await Host.NewClient().GetStringAsync("/openapi/v1.json"));
    }
}
