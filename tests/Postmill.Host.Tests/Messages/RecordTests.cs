using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>Records that a client writes, and records that go by the thousand.</summary>
public sealed class RecordTests(MailHost mail) : IClassFixture<MailHost>
{
    internal static readonly object Whole = new
    {
        message_id = "<phone@example.org>",
        direction = "inbound",
        date = "2026-05-27T12:00:00Z",
        subject = "Über den \"Anruf\"",
        from_json = new[] { new { name = "Zoë \"Z\" O'Hara", email = "zoe@example.org" } },
        to_json = new[] { new { name = (string?)null, email = "me@example.net" } },
        cc_json = new[] { new { name = (string?)null, email = "a@x.example" }, new { name = (string?)"B", email = "b@x.example" } },
        text_body = "Sie sagt zu: 東京.",
        html_body = "<p>Sie sagt <b>zu</b>.</p>",
        folder = "Calls",
        is_read = true,
        is_starred = true,
        tags = new[] { "call" },
        notes = "n",
    };

    [Fact]
    public async Task A_record_is_a_mail_like_any_other()
    {
        var (user, account) = await NewAsync();
        using var answer = await PostAsync(user, account, Whole);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync();
        var id = JsonElement.Parse(text).GetProperty("email").GetProperty("id").GetString();
        Golden.AssertMatches("email_created", text);
        Assert.Equal(text, await user.Client.GetStringAsync($"/api/emails/{id}"));
        var body = (await MailHost.GetAsync(user, $"/api/emails/{id}/body")).GetProperty("body");
        Assert.Equal(("Sie sagt zu: 東京.", "<p>Sie sagt <b>zu</b>.</p>"), (body.GetProperty("text").GetString(), body.GetProperty("html").GetString()));
        foreach (var query in new[] { "東京", "anruf", "from:zoe@example.org", "to:b@x.example", "in:Calls tag:call is:starred", "id:phone@example.org" })
            Assert.Equal("phone", (await user.SearchAsync(account, new { query })).Ids());
        Assert.Equal(1L, await mail.ScalarAsync("SELECT count(*) FROM audit WHERE action = 'email.created' AND subject = $1", id!));
    }

    [Fact]
    public async Task A_message_id_that_the_account_has_is_409_and_in_another_account_it_is_not()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, MailHost.Note("synced"), MailHost.Noon, []);
        foreach (var id in new[] { "synced@example.org", "<synced@example.org>" })
        {
            using var conflict = await PostAsync(user, account, new { message_id = id, subject = "x" });
            await conflict.AssertErrorAsync(HttpStatusCode.Conflict, "email_already_exists");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync(user, account, new { message_id = "one@x", subject = "x" })));
        Assert.Equal([201, 409, 409, 409, 409, 409], answers.Select(answer => (int)answer.StatusCode).Order());
        using var other = await PostAsync(user, await mail.NewAccountAsync(user), new { message_id = "one@x", subject = "x" });
        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        // Once deleted it may be written again.
        await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { message_id = "one@x" });
        using var again = await PostAsync(user, account, new { message_id = "one@x", subject = "x" });
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task The_same_words_twice_are_two_records_with_ids_of_their_own()
    {
        var (user, account) = await NewAsync();
        for (var n = 0; n < 2; n++) Assert.Equal(HttpStatusCode.Created, (await PostAsync(user, account, new { subject = "same", text_body = "same" })).StatusCode);
        var emails = (await MailHost.GetAsync(user, $"/api/accounts/{account}/emails")).GetProperty("emails").EnumerateArray().ToList();
        Assert.Equal(2, emails.Select(email => email.GetProperty("message_id").GetString()).Distinct().Count());
        Assert.All(emails, email => Assert.EndsWith("@example.org", email.GetProperty("message_id").GetString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"subject":"a\r\nBcc: x@y.example"}""", "subject")]
    [InlineData("""{"subject":"x","message_id":"a b"}""", "message_id")]
    [InlineData("""{"subject":"x","message_id":"<>"}""", "message_id")]
    [InlineData("""{"subject":"x","direction":"up"}""", "direction")]
    [InlineData("""{"subject":"x","date":"soon"}""", "date")]
    [InlineData("""{"subject":"x","date":"0001-01-01"}""", "date")]
    [InlineData("""{"subject":"x","folder":""}""", "folder")]
    [InlineData("""{"subject":"x","tags":[null]}""", "tags")]
    [InlineData("""{"from_json":[{"name":"a\nb","email":"a@b"}]}""", "from_json")]
    [InlineData("""{"to_json":[{"email":"nobody"}]}""", "to_json")]
    [InlineData("""{"to_json":[{"email":"a@b, c@d"}]}""", "to_json")]
    [InlineData("""{"to_json":[null]}""", "to_json")]
    [InlineData("""{"cc_json":[{"name":"x"}]}""", "cc_json")]
    [InlineData("""{"reply_to_json":"a@b"}""", "reply_to_json")]
    public async Task What_no_mail_can_have_is_refused_by_name(string body, string field)
    {
        var (user, account) = await NewAsync();
        using var answer = await user.Client.PostAsync($"/api/accounts/{account}/emails", new StringContent(body, Encoding.UTF8, "application/json"));
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task A_search_delete_counts_when_dry_deletes_what_is_found_and_no_more_and_is_written_down()
    {
        var (user, account) = await NewAsync();
        for (var n = 0; n < 6; n++) await mail.StoreAsync(account, SearchHost.Mail($"m{n}", n < 5 ? "newsletter" : "letter", "x"), MailHost.Noon.AddMinutes(n), []);
        using var dry = await DeleteFoundAsync(user, account, """{"subject":"newsletter","dry_run":true,"limit":3}""");
        Golden.AssertMatches("search_delete_dry", await dry.Content.ReadAsStringAsync());
        Assert.Equal(6, (await MailHost.GetAsync(user, $"/api/accounts/{account}/emails")).GetProperty("emails").GetArrayLength());
        using var some = await DeleteFoundAsync(user, account, """{"subject":"newsletter","limit":3}""");
        Golden.AssertMatches("search_delete", await some.Content.ReadAsStringAsync());
        Assert.Equal("m5 m1 m0", (await user.SearchAsync(account, new { })).Ids());
        using var rest = await DeleteFoundAsync(user, account, """{"query":"newsletter"}""");
        var deleted = await rest.JsonAsync();
        Assert.Equal((2, false), (deleted.GetProperty("count").GetInt32(), deleted.GetProperty("more").GetBoolean()));
        Assert.Equal("m5", (await user.SearchAsync(account, new { })).Ids());
        Assert.Equal("""{"deleted": 3},{"deleted": 2}""", await mail.ScalarAsync(
            "SELECT string_agg(detail::text, ',' ORDER BY id) FROM audit WHERE action = 'email.search_delete' AND account_id = $1", account));
        Assert.Equal(2L, await mail.ScalarAsync("SELECT count(*) FROM audit WHERE action = 'email.search_delete_begun' AND account_id = $1", account));
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"query":"  "}""", null)]
    [InlineData("""{"subject":"","folder":"","limit":5}""", null)]
    [InlineData("""{"dry_run":true}""", null)]
    [InlineData("""{"query":"!!!"}""", "query")]
    [InlineData("""{"from":"a@b","older_than":"2020-01-01"}""", "older_than")]
    [InlineData("""{"query":"x","limit":0}""", "limit")]
    [InlineData("""{"query":"x","limit":50001}""", "limit")]
    public async Task A_search_delete_that_does_not_say_which_deletes_nothing(string body, string? field)
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, SearchHost.Mail("m", "x", "x", from: "a@b"), MailHost.Noon, []);
        using var answer = await DeleteFoundAsync(user, account, body);
        if (field is null) await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
        else await answer.AssertFieldErrorAsync(field);
        Assert.Equal("m", (await user.SearchAsync(account, new { })).Ids());
    }

    [Fact]
    public async Task Records_of_others_are_neither_written_nor_deleted()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, MailHost.Note("m"), MailHost.Noon, []);
        var stranger = await mail.Host.SignUpAsync();
        foreach (var (who, where) in new[] { (stranger, account.ToString()), (user, Guid.NewGuid().ToString()), (user, "nonsense") })
        {
            using var create = await who.Client.PostAsJsonAsync($"/api/accounts/{where}/emails", new { subject = "x" });
            await create.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
            using var delete = await who.Client.PostAsJsonAsync($"/api/accounts/{where}/emails/search-delete", new { query = "m" });
            await delete.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        await mail.Host.SetRoleAsync(user.UserId, "view");
        using var viewer = await DeleteFoundAsync(user, account, """{"query":"m"}""");
        Assert.Equal(HttpStatusCode.Forbidden, viewer.StatusCode);
        Assert.Equal("m", (await user.SearchAsync(account, new { })).Ids());
    }

    private async Task<(SignedIn User, Guid Account)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        return (user, await mail.NewAccountAsync(user));
    }

    private static Task<HttpResponseMessage> PostAsync(SignedIn user, Guid account, object body) => user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails", body);

    private static Task<HttpResponseMessage> DeleteFoundAsync(SignedIn user, Guid account, string json) =>
        user.Client.PostAsync($"/api/accounts/{account}/emails/search-delete", new StringContent(json, Encoding.UTF8, "application/json"));
}
