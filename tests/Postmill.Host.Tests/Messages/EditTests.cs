using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>PATCH and DELETE of one record.</summary>
public sealed class EditTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_change_is_answered_shown_everywhere_and_written_down()
    {
        var (user, account, email) = await OneAsync(["$Label1"]);
        using var answer = await PatchAsync(user, email, """{"is_read":true,"is_starred":true,"folder":"Projects","tags":["b","a","b"],"notes":"by phone"}""");
        Golden.AssertMatches("email_changed", await answer.Content.ReadAsStringAsync());
        Assert.Equal(await answer.Content.ReadAsStringAsync(), (await MailHost.GetAsync(user, $"/api/emails/{email}")).GetRawText());
        foreach (var query in new[] { "folder=Projects", "unread=false", "starred=true", "unread=false&starred=true&folder=Projects" }) Assert.Equal(1, await CountAsync(user, account, query));
        foreach (var query in new[] { "folder=INBOX", "unread=true", "starred=false" }) Assert.Equal(0, await CountAsync(user, account, query));
        Assert.Equal("full", (await user.SearchAsync(account, new { query = "in:Projects is:starred -is:unread tag:a" })).Ids());
        Assert.Equal("""{"fields": ["is_read", "is_starred", "folder", "tags", "notes"]}""",
            await mail.ScalarAsync("SELECT detail::text FROM audit WHERE action = 'email.changed' AND subject = $1", email.ToString()));
    }

    [Fact]
    public async Task What_is_left_out_stays_and_null_gives_the_word_back_to_the_server()
    {
        var (user, account, email) = await OneAsync(["\\Seen"]);
        await ChangeAsync(user, email, """{"is_read":false,"folder":"Projects","tags":["a"],"notes":"n"}""");
        var after = await ChangeAsync(user, email, """{"is_starred":true}""");
        Assert.Equal((false, true, "Projects", "n"), (Flag(after, "is_read"), Flag(after, "is_starred"), after.GetProperty("folder").GetString(), after.GetProperty("notes").GetString()));
        after = await ChangeAsync(user, $"/api/accounts/{account}/emails/{email}", """{"is_read":null,"is_starred":null,"folder":null,"tags":null,"notes":null}""");
        Assert.Equal((true, false, "INBOX", JsonValueKind.Null, 0),
            (Flag(after, "is_read"), Flag(after, "is_starred"), after.GetProperty("folder").GetString(), after.GetProperty("notes").ValueKind, after.GetProperty("tags").GetArrayLength()));
    }

    [Fact]
    public async Task The_user_s_word_stands_until_the_server_has_a_new_one_about_the_same_thing()
    {
        var (user, account, email) = await OneAsync([]);
        await ChangeAsync(user, email, """{"is_read":true,"is_starred":true,"folder":"Projects"}""");
        await mail.ExecuteAsync("UPDATE location SET flags = '{\"$Label1\"}' WHERE message_id = $1", email);
        Assert.Equal("True True Projects", await WordAsync(user, email));
        await mail.ExecuteAsync("UPDATE location SET flags = '{\"\\\\Flagged\"}' WHERE message_id = $1", email);
        await mail.ExecuteAsync("UPDATE location SET flags = '{}' WHERE message_id = $1", email);
        Assert.Equal("True False Projects", await WordAsync(user, email));
        await mail.ExecuteAsync("UPDATE location SET flags = '{\"\\\\Seen\"}' WHERE message_id = $1", email);
        await mail.ExecuteAsync("UPDATE location SET flags = '{}' WHERE message_id = $1", email);
        Assert.Equal("False False Projects", await WordAsync(user, email));
        await mail.PlaceAsync(email, await mail.NewFolderAsync(account, "Moved"));
        Assert.Equal("False False INBOX", await WordAsync(user, email));
        await ChangeAsync(user, email, """{"folder":"Projects"}""");
        await mail.ExecuteAsync("DELETE FROM location USING folder f WHERE f.id = folder_id AND f.name = 'INBOX' AND message_id = $1", email);
        Assert.Equal("False False Moved", await WordAsync(user, email));
    }

    [Fact]
    public async Task A_change_or_deletion_of_what_has_changed_meanwhile_is_412()
    {
        var (user, _, email) = await OneAsync([]);
        using var first = await user.Client.GetAsync($"/api/emails/{email}");
        var tag = first.Headers.ETag!.Tag;
        using var again = await SendAsync(user, HttpMethod.Get, email, null, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var changed = await SendAsync(user, HttpMethod.Patch, email, """{"notes":"1"}""", ("If-Match", $"\"other\", {tag}"));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.Tag);
        foreach (var stale in new[] { tag, "\"other\"", "W/" + changed.Headers.ETag.Tag, "nonsense" })
        {
            using var refused = await SendAsync(user, HttpMethod.Patch, email, """{"notes":"2"}""", ("If-Match", stale));
            await refused.AssertErrorAsync(HttpStatusCode.PreconditionFailed, "precondition_failed");
            using var kept = await SendAsync(user, HttpMethod.Delete, email, null, ("If-Match", stale));
            await kept.AssertErrorAsync(HttpStatusCode.PreconditionFailed, "precondition_failed");
        }

        // The server's word changes what is shown, so it changes the tag.
        await mail.ExecuteAsync("UPDATE location SET flags = '{\"\\\\Seen\"}' WHERE message_id = $1", email);
        using var seen = await SendAsync(user, HttpMethod.Patch, email, """{"notes":"3"}""", ("If-Match", changed.Headers.ETag.Tag));
        await seen.AssertErrorAsync(HttpStatusCode.PreconditionFailed, "precondition_failed");
        using var any = await SendAsync(user, HttpMethod.Patch, email, """{"notes":"4"}""", ("If-Match", "*"));
        Assert.Equal(any.Headers.ETag!.Tag, (await user.Client.GetAsync($"/api/emails/{email}")).Headers.ETag!.Tag);
        using var gone = await SendAsync(user, HttpMethod.Delete, email, null, ("If-Match", any.Headers.ETag.Tag));
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
    }

    [Theory]
    [InlineData("""{"subject":"x"}""", "subject")]
    [InlineData("""{"is_read":true,"provider":true}""", "provider")]
    [InlineData("""{"is_read":"yes"}""", "is_read")]
    [InlineData("""{"is_starred":1}""", "is_starred")]
    [InlineData("""{"folder":""}""", "folder")]
    [InlineData("""{"folder":"a\nb"}""", "folder")]
    [InlineData("""{"folder":7}""", "folder")]
    [InlineData("""{"tags":"a"}""", "tags")]
    [InlineData("""{"tags":[1]}""", "tags")]
    [InlineData("""{"tags":[""]}""", "tags")]
    [InlineData("""{"notes":[]}""", "notes")]
    [InlineData("""{"notes":"\u0000"}""", "notes")]
    public async Task What_cannot_be_changed_is_refused_by_name_and_changes_nothing(string body, string field)
    {
        var (user, _, email) = await OneAsync([]);
        using var answer = await PatchAsync(user, email, body);
        await answer.AssertFieldErrorAsync(field);
        Assert.Equal("False False INBOX", await WordAsync(user, email));
    }

    [Fact]
    public async Task Too_much_is_refused()
    {
        var (user, _, email) = await OneAsync([]);
        foreach (var (body, field) in new (object, string)[]
        {
            (new { notes = new string('n', 10_001) }, "notes"), (new { folder = new string('f', 999) }, "folder"), (new { tags = new[] { new string('t', 101) } }, "tags"),
            (new { tags = Enumerable.Range(0, 51).Select(n => $"t{n}") }, "tags"),
        })
        {
            using var answer = await PatchAsync(user, email, JsonSerializer.Serialize(body));
            await answer.AssertFieldErrorAsync(field);
        }

        using var nothing = await PatchAsync(user, email, "{}");
        await nothing.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
    }

    [Fact]
    public async Task A_stranger_another_account_and_one_who_may_only_view_change_and_delete_nothing()
    {
        var (owner, account, email) = await OneAsync([]);
        var stranger = await mail.Host.SignUpAsync();
        var second = await mail.NewAccountAsync(owner);
        foreach (var (user, path) in new[]
        {
            (stranger, $"/api/emails/{email}"), (stranger, $"/api/accounts/{account}/emails/{email}"), (owner, $"/api/accounts/{second}/emails/{email}"),
            (owner, $"/api/emails/{Guid.NewGuid()}"), (owner, "/api/emails/nonsense"),
        })
        {
            using var patch = await user.Client.PatchAsJsonAsync(path, new { is_read = true });
            await patch.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
            using var delete = await user.Client.DeleteAsync(path);
            await delete.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        await mail.Host.SetRoleAsync(owner.UserId, "view");
        using var viewer = await owner.Client.DeleteAsync($"/api/emails/{email}");
        Assert.Equal(HttpStatusCode.Forbidden, viewer.StatusCode);
        Assert.Equal("False False INBOX", await WordAsync(owner, email));
    }

    [Fact]
    public async Task A_deleted_record_is_on_no_route_and_leaves_no_content()
    {
        var (user, account, email) = await OneAsync([]);
        using var deleted = await user.Client.DeleteAsync($"/api/accounts/{account}/emails/{email}");
        Golden.AssertMatches("done", await deleted.Content.ReadAsStringAsync());
        foreach (var tail in new[] { "", "/body", "/parts", $"/parts/{email:N}-2/content", "/raw" })
        {
            using var gone = await user.Client.GetAsync($"/api/emails/{email}{tail}");
            await gone.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        using var twice = await user.Client.DeleteAsync($"/api/emails/{email}");
        await twice.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(0, await CountAsync(user, account, ""));
        Assert.Equal("", (await user.SearchAsync(account, new { })).Ids());
        Assert.Equal("", (await user.SearchAsync(account, new { query = "grusse" })).Ids());
        Assert.Equal(0L, await mail.ScalarAsync("SELECT (SELECT count(*) FROM message_raw WHERE message_id = $1) + (SELECT count(*) FROM message_part WHERE message_id = $1) + (SELECT count(*) FROM message_search WHERE message_id = $1)", email));
        Assert.DoesNotContain("rüße", (string)(await mail.ScalarAsync("SELECT message::text FROM message WHERE id = $1", email))!, StringComparison.Ordinal);
        Assert.Equal(1L, await mail.ScalarAsync("SELECT count(*) FROM audit WHERE action = 'email.deleted' AND subject = $1 AND account_id = $2", email.ToString(), account));
    }

    private async Task<(SignedIn User, Guid Account, Guid Email)> OneAsync(string[] flags)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        return (user, account, await mail.StoreAsync(account, SampleMail.Full(), MailHost.Noon, flags, await mail.NewFolderAsync(account, "INBOX", "inbox")));
    }

    private static Task<HttpResponseMessage> PatchAsync(SignedIn user, Guid email, string json) => SendAsync(user, HttpMethod.Patch, email, json);

    private static async Task<HttpResponseMessage> SendAsync(SignedIn user, HttpMethod method, Guid email, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"/api/emails/{email}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await user.Client.SendAsync(request);
    }

    private static Task<JsonElement> ChangeAsync(SignedIn user, Guid email, string json) => ChangeAsync(user, $"/api/emails/{email}", json);

    private static async Task<JsonElement> ChangeAsync(SignedIn user, string path, string json)
    {
        using var answer = await user.Client.PatchAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).GetProperty("email");
    }

    private static bool Flag(JsonElement email, string name) => email.GetProperty(name).GetBoolean();

    private static async Task<string> WordAsync(SignedIn user, Guid id)
    {
        var email = (await MailHost.GetAsync(user, $"/api/emails/{id}")).GetProperty("email");
        return $"{Flag(email, "is_read")} {Flag(email, "is_starred")} {email.GetProperty("folder").GetString()}";
    }

    private static async Task<int> CountAsync(SignedIn user, Guid account, string query) =>
        (await MailHost.GetAsync(user, $"/api/accounts/{account}/emails?{query}")).GetProperty("emails").GetArrayLength();
}
