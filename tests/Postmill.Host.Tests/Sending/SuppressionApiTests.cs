using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Tests.Http;

namespace Postmill.Host.Tests.Sending;

public sealed class SuppressionApiTests : IAsyncLifetime
{
    private HostFixture _host = null!;
    private SignedIn _user = null!;

    public async Task InitializeAsync()
    {
        _host = await HostFixture.StartAsync();
        _user = await _host.SignUpAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Address_is_put_on_the_list_shown_and_taken_off()
    {
        using var added = await AddAsync(_user.Client, new { email = " Ada@example.net " });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Golden.AssertMatches("suppression", await added.Content.ReadAsStringAsync());
        using var again = await AddAsync(_user.Client, new { email = "ada@EXAMPLE.net", reason = "complaint" });
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Golden.AssertMatches("suppression", await again.Content.ReadAsStringAsync());
        Golden.AssertMatches("suppression_list", await _user.Client.GetStringAsync("/api/suppressions"));
        using var removed = await _user.Client.DeleteAsync("/api/suppressions/ADA%40example.net");
        Golden.AssertMatches("done", await removed.Content.ReadAsStringAsync());
        using var gone = await _user.Client.DeleteAsync("/api/suppressions/ada@example.net");
        await gone.AssertErrorAsync(HttpStatusCode.NotFound, "suppression_not_found");
        Assert.Equal(["suppression.added", "suppression.removed"], await LinesAsync());
    }

    [Fact]
    public async Task List_is_filtered_and_paged()
    {
        foreach (var (email, reason) in new[] { ("a@example.net", "manual"), ("b@example.net", "unsubscribe"), ("c@example.net", "manual") })
            using (var added = await AddAsync(_user.Client, new { email, reason })) Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Equal("c a", await EmailsAsync("?reason=manual"));
        Assert.Equal("b", await EmailsAsync("?email=B@example.net"));
        var first = await (await _user.Client.GetAsync("/api/suppressions?limit=2")).JsonAsync();
        Assert.Equal("a", await EmailsAsync("?limit=2&cursor=" + first.GetProperty("next_cursor").GetString()));
        foreach (var (query, field) in new[] { ("?reason=because", "reason"), ("?cursor=eA", "cursor"), ("?limit=0", "limit"), ("?email=" + new string('a', 300), "email") })
            using (var refused = await _user.Client.GetAsync("/api/suppressions" + query)) await refused.AssertFieldErrorAsync(field);
    }

    [Theory]
    [InlineData("email", null, null, null)]
    [InlineData("email", "nobody", null, null)]
    [InlineData("email", "a@b@example.net", null, null)]
    [InlineData("email", "a\r\nBcc: b@example.net", null, null)]
    [InlineData("reason", "a@example.net", "because", null)]
    [InlineData("expires_at", "a@example.net", null, "2001-01-01T00:00:00Z")]
    [InlineData("expires_at", "a@example.net", null, "tomorrow")]
    public async Task What_is_wrong_is_named(string field, string? email, string? reason, string? expires)
    {
        using var refused = await AddAsync(_user.Client, new { email, reason, expires_at = expires });
        await refused.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task Lists_of_two_users_know_nothing_of_each_other_and_one_who_may_only_look_changes_nothing()
    {
        var other = await _host.SignUpAsync();
        using (await AddAsync(_user.Client, new { email = "ada@example.net" })) Assert.Equal("ada", await EmailsAsync(""));
        using (var foreign = await other.Client.DeleteAsync("/api/suppressions/ada@example.net")) Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        await _host.SetRoleAsync(other.UserId, "view");
        using (var looks = await other.Client.GetAsync("/api/suppressions")) Assert.Equal(HttpStatusCode.OK, looks.StatusCode);
        using (var refused = await AddAsync(other.Client, new { email = "ada@example.net" })) await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
        using (var refused = await other.Client.DeleteAsync("/api/suppressions/ada@example.net")) await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
    }

    [Fact]
    public async Task Keys_of_the_scope_contacts_do_the_same_and_others_are_refused()
    {
        using var key = _host.NewClient(await HostFixture.NewKeyAsync(_user, "contacts"));
        using (var added = await AddAsync(key, new { email = "ada@example.net" }, "/api/v1/suppressions"))
            Assert.StartsWith("key:", (await added.JsonAsync()).GetProperty("suppression").GetProperty("source").GetString(), StringComparison.Ordinal);
        Assert.Equal("ada", await EmailsAsync(""));
        using (var removed = await key.DeleteAsync("/api/v1/suppressions/ada@example.net")) Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        using var reader = _host.NewClient(await HostFixture.NewKeyAsync(_user, "read"));
        using var refused = await reader.GetAsync("/api/v1/suppressions");
        await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "scope_missing");
    }

    [Fact]
    public async Task The_requests_of_the_file_are_answered_as_they_say()
    {
        var file = RequestFile.Read(RequestFile.All().Single(f => Path.GetFileName(f) == "suppressions.http"))
            .With("session", _user.Token).With("key", await HostFixture.NewKeyAsync(_user, "contacts"));
        Assert.True(await file.ReplayAsync(_host.NewClient(), _host.Address) > 10);
    }

    private static Task<HttpResponseMessage> AddAsync(HttpClient client, object body, string path = "/api/suppressions") => client.PostAsJsonAsync(path, body);

    /// <summary>Local parts, in the order of the list.</summary>
    private async Task<string> EmailsAsync(string query)
    {
        var list = await (await _user.Client.GetAsync("/api/suppressions" + query)).JsonAsync();
        return string.Join(' ', list.GetProperty("suppressions").EnumerateArray().Select(row => row.GetProperty("email").GetString()!.Split('@')[0]));
    }

    private async Task<List<string>> LinesAsync()
    {
        await using var select = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT action FROM audit WHERE user_id = $1 AND action LIKE 'suppression.%' ORDER BY id");
        select.Parameters.Add(new() { Value = _user.UserId });
        await using var row = await select.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await row.ReadAsync()) lines.Add(row.GetString(0));
        return lines;
    }
}
