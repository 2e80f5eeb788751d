using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;

namespace Postmill.Host.Tests.Jobs;

/// <summary>The log of an account: lists, search, the removal of old lines.</summary>
public sealed class LogTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Lines_say_who_did_what_to_what_and_how_it_ended()
    {
        var (tenant, account) = await ConnectedAsync();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        var line = Assert.Single(await tenant.LogsAsync(account, $"?subject={job}&action=task.requested"));
        var id = line.GetProperty("id").GetString();
        Golden.AssertMatches("log", First(await tenant.Client.GetStringAsync($"/api/logs/{id}")));
        Golden.AssertMatches("log_list", First(await tenant.Client.GetStringAsync($"/api/accounts/{account}/logs?action=task.requested")));
        Assert.Contains(await tenant.LogsAsync(account), l => l.GetProperty("action").GetString() == "account.connected");

        string First(string json) => json.Replace($"\"id\":\"{id}\"", "\"id\":\"1\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_finds_words_anywhere_in_a_line_fields_exactly_and_times_between()
    {
        var (tenant, account) = await ConnectedAsync();
        await WriteAsync(tenant, account, 3, "2026-01-10", "x.one", """{"text":"Löwe_50%"}""");
        await WriteAsync(tenant, account, 2, "2026-02-10", "x.two", "{}");
        Assert.Equal(3, await FoundAsync(tenant, account, new { query = "löwe_50%" }));
        Assert.Equal(0, await FoundAsync(tenant, account, new { query = "l_we" }));
        Assert.Equal(2, await FoundAsync(tenant, account, new { action = "x.two" }));
        Assert.Equal(5, await FoundAsync(tenant, account, new { query = "X.", before = "2026-03-01T00:00:00Z" }));
        Assert.Equal(2, await FoundAsync(tenant, account, new { after = "2026-02-01", before = "2026-03-01" }));
        Assert.Equal(0, await FoundAsync(tenant, account, new { code = "timeout" }));
        using var paged = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/logs/search?limit=2", new { query = "löwe" });
        var first = await paged.JsonAsync();
        using var rest = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/logs/search?limit=2&cursor={first.GetProperty("next_cursor").GetString()}", new { query = "löwe" });
        Assert.Equal((2, 1), (first.GetProperty("logs").GetArrayLength(), (await rest.JsonAsync()).GetProperty("logs").GetArrayLength()));
    }

    [Fact]
    public async Task Removal_wants_older_than_counts_on_a_dry_run_keeps_what_is_newer_and_is_written_down()
    {
        var (tenant, account) = await ConnectedAsync();
        var (other, foreign) = await ConnectedAsync();
        await WriteAsync(tenant, account, 2_500, "2026-01-10", "x.old", "{}");
        await WriteAsync(tenant, account, 3, "2026-03-10", "x.old", "{}");
        await WriteAsync(other, foreign, 4, "2026-01-10", "x.old", "{}");
        foreach (var (body, field) in new (object, string)[]
        {
            (new { action = "x.old" }, "older_than"), (new { older_than = "soon" }, "older_than"), (new { older_than = "2026-02-01", limit = 0 }, "limit"),
            (new { older_than = "2026-02-01", query = "" }, "query"), (new { older_than = "2026-02-01", dry_run = "yes" }, "dry_run"),
        })
        {
            using var refused = await DeleteAsync(tenant, account, body);
            await refused.AssertFieldErrorAsync(field);
        }

        using (var dry = await DeleteAsync(tenant, account, new { action = "x.old", older_than = "2026-02-01", dry_run = true }))
            Golden.AssertMatches("log_delete_dry", await dry.Content.ReadAsStringAsync());
        Assert.Equal(2_503, await LinesAsync(tenant, account));
        using (var some = await DeleteAsync(tenant, account, new { older_than = "2026-02-01", limit = 500 })) Assert.Equal(500, (await some.JsonAsync()).GetProperty("count").GetInt64());
        using (var rest = await DeleteAsync(tenant, account, new { action = "x.old", older_than = "2026-02-01" })) Golden.AssertMatches("log_deleted", await rest.Content.ReadAsStringAsync());
        Assert.Equal((3, 4), (await LinesAsync(tenant, account), await LinesAsync(other, foreign)));
        var written = await tenant.LogsAsync(account, "?action=logs.deleted");
        Assert.Equal([2_000, 500], written.Select(l => l.GetProperty("detail").GetProperty("count").GetInt32()));

        using var theirs = await DeleteAsync(tenant, foreign, new { older_than = "2026-02-01" });
        await theirs.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("cursor=bm8", "cursor")]
    [InlineData("limit=101", "limit")]
    [InlineData("after=soon", "after")]
    [InlineData("code=%00", "code")]
    public async Task A_bad_query_is_400_and_names_the_field(string query, string field)
    {
        var (tenant, account) = await ConnectedAsync();
        using var answer = await tenant.Client.GetAsync($"/api/accounts/{account}/logs?{query}");
        await answer.AssertFieldErrorAsync(field);
    }

    private async Task<(Tenant Tenant, Guid Account)> ConnectedAsync()
    {
        var tenant = await shared.NewTenantAsync();
        return (tenant, await tenant.ConnectAndSyncAsync());
    }

    private static Task WriteAsync(Tenant tenant, Guid account, int lines, string at, string action, string detail) => tenant.RunAsync($"""
        INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail)
        SELECT '{at}', user_id, id, 'system', '{action}', 'n', 'done', '{detail}' FROM account, generate_series(1, {lines}) WHERE id = $1
        """, account);

    private static Task<long> LinesAsync(Tenant tenant, Guid account) => tenant.CountAsync("SELECT count(*) FROM audit WHERE action = 'x.old' AND account_id = $1", account);

    private static async Task<int> FoundAsync(Tenant tenant, Guid account, object body)
    {
        using var answer = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/logs/search?limit=100", body);
        var found = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, found.ToString());
        return found.GetProperty("logs").GetArrayLength();
    }

    private static Task<HttpResponseMessage> DeleteAsync(Tenant tenant, Guid account, object body) => tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/logs/search-delete", body);
}
