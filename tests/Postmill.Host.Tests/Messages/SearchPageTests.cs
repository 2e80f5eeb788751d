using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>Pages of a search, and what it refuses.</summary>
public sealed class SearchPageTests(MailHost mail) : IClassFixture<MailHost>
{
    [Theory]
    [InlineData("relevance")]
    [InlineData("newest")]
    public async Task Pages_show_every_hit_once_in_order_also_when_mail_arrives_meanwhile(string sort)
    {
        var (user, account) = await NewAsync();
        for (var n = 0; n < 23; n++)
            await mail.StoreAsync(account, SearchHost.Mail($"m{n:00}", "x", string.Concat(Enumerable.Repeat("needle ", 1 + (n % 5))) + "and hay"), MailHost.Noon.AddMinutes(n / 2), []);
        var whole = (await user.SearchAsync(account, new { query = "needle", sort, limit = 100 })).Ids().Split(' ');
        Assert.Equal(23, whole.Length);
        var seen = await PagesAsync(user, account, "needle", sort, limit: 4,
            between: n => mail.StoreAsync(account, SearchHost.Mail($"late{n}", "needle", "needle needle"), MailHost.Noon.AddDays(1).AddMinutes(n), []));
        Assert.Equal(whole, seen);
    }

    [Fact]
    public async Task What_is_beyond_the_mails_that_are_ranked_together_comes_behind_them()
    {
        var (user, account) = await NewAsync();
        // One COPY a mail is slow for a thousand: their rows are made from the first.
        var first = await mail.StoreAsync(account, SearchHost.Mail("same", "common", "common"), MailHost.Noon, []);
        await mail.ExecuteAsync("""
            WITH made AS (
              INSERT INTO message (id, account_id, sha256, size, direction, message_id, thread_id, from_json, to_json, cc_json, bcc_json, reply_to_json,
                received_at, has_attachments, snippet, created_at, updated_at)
              SELECT gen_random_uuid(), account_id, sha256(n::text::bytea), size, direction, 'n' || n || '@x', thread_id, from_json, to_json, cc_json, bcc_json, reply_to_json,
                received_at - n * interval '1 minute', false, snippet, created_at, updated_at
              FROM message, generate_series(1, 2104) AS n WHERE id = $1
              RETURNING id
            )
            INSERT INTO message_search (message_id, words) SELECT made.id, words FROM made, message_search WHERE message_id = $1
            """, first);
        await mail.StoreAsync(account, SearchHost.Mail("oldest", "common common common", "common"), MailHost.Noon.AddYears(-1), []);
        var seen = await PagesAsync(user, account, "common", "relevance", limit: 100);
        Assert.Equal(2106, seen.Count);
        Assert.Equal(2106, seen.Distinct().Count());
        Assert.Equal(("same", "n1", "n999", "oldest", "n2000"), (seen[0], seen[1], seen[999], seen[2000], seen[2001]));
    }

    [Fact]
    public async Task A_search_that_takes_too_long_is_stopped_and_says_so()
    {
        var (user, account) = await NewAsync();
        await using var connection = await mail.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var locked = connection.CreateCommand())
        {
            locked.CommandText = "LOCK TABLE message_search IN ACCESS EXCLUSIVE MODE";
            await locked.ExecuteNonQueryAsync();
        }

        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", new { query = "x" });
        await answer.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "search_too_slow");
    }

    [Theory]
    [InlineData("""{"query":"!!!"}""", "query")]
    [InlineData("""{"query":"& | ! <-> ()"}""", "query")]
    [InlineData("""{"query":"is:blue"}""", "query")]
    [InlineData("""{"query":"a\u0000b"}""", "query")]
    [InlineData("""{"query":"\ud800"}""", "query")]
    [InlineData("""{"query":7}""", "query")]
    [InlineData("""{"from":"!!!"}""", "from")]
    [InlineData("""{"unread":"yes"}""", "unread")]
    [InlineData("""{"after":"yesterday"}""", "after")]
    [InlineData("""{"direction":"up"}""", "direction")]
    [InlineData("""{"sort":"best"}""", "sort")]
    [InlineData("""{"limit":0}""", "limit")]
    [InlineData("""{"limit":101}""", "limit")]
    [InlineData("""{"cursor":"AAAA"}""", "cursor")]
    [InlineData("""{"sort":"newest","cursor":"!"}""", "cursor")]
    public async Task What_cannot_be_understood_is_refused_by_name(string body, string field)
    {
        var (user, account) = await NewAsync();
        using var answer = await PostAsync(user, account, body);
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task Hostile_queries_are_answered_or_refused_never_a_fault()
    {
        var (user, account) = await NewAsync();
        await mail.StoreAsync(account, SearchHost.Mail("m", "a b", "'c' \\ d:e | f & g"), MailHost.Noon, []);
        const string syntax = "abcdefg 水 \"'\\:*&|!()<->@-";
        var random = new Random(11);
        string[] chosen =
        [
            new string('a', 10_000), new string('"', 499), new string('(', 400), "'a'", "'a\\'", "a:*", "a:A", "a<->b", "a<99999>b", "!!a", "a'b", "\\", "a\\'; DROP TABLE message; --",
            "-a -b -c", "-水", "from:'a", "from:\\@\\", "to:'@'", "subject:\"", "in:'", "tag:{a}", "id:%", "after:0001-01-01", "before:9999-12-31", "𠮷 😀 \u0301 ﷽", "\u200B \uFEFFa",
        ];
        var made = Enumerable.Range(0, 150).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => syntax[random.Next(syntax.Length)])));
        foreach (var query in chosen.Concat(made))
        {
            foreach (var body in new object[] { new { query }, new { query, sort = "newest" }, new { from = query, to = query } })
            {
                using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search", body);
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{JsonSerializer.Serialize(body)}: {(int)answer.StatusCode}");
            }
        }

        foreach (var word in new[] { "'c'", "d:e", "\\", "f & g", "a' b" })
            Assert.Equal(word == "\\" ? HttpStatusCode.BadRequest : HttpStatusCode.OK, (await PostAsync(user, account, JsonSerializer.Serialize(new { query = word }))).StatusCode);
        Assert.Equal("m", (await user.SearchAsync(account, new { query = "'c' d:e f & g" })).Ids());
    }

    private async Task<(SignedIn User, Guid Account)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        return (user, await mail.NewAccountAsync(user));
    }

    private static Task<HttpResponseMessage> PostAsync(SignedIn user, Guid account, string json) =>
        user.Client.PostAsync($"/api/accounts/{account}/emails/search", new StringContent(json, Encoding.UTF8, "application/json"));

    private static async Task<List<string>> PagesAsync(SignedIn user, Guid account, string query, string sort, int limit, Func<int, Task>? between = null)
    {
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await user.SearchAsync(account, new { query, sort, limit, cursor });
            seen.AddRange(page.Ids().Split(' ', StringSplitOptions.RemoveEmptyEntries));
            cursor = page.GetProperty("next_cursor").GetString();
            if (between is not null) await between(seen.Count);
        }
        while (cursor is not null);
        return seen;
    }
}
