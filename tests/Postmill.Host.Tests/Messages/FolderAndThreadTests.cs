using System.Net;
using System.Net.Http.Json;

namespace Postmill.Host.Tests.Messages;

/// <summary>An account's mail by folders and by threads.</summary>
public sealed class FolderAndThreadTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task Folders_are_counted_as_lists_show_them()
    {
        var (user, account) = await NewAsync();
        var sent = await mail.NewFolderAsync(account, "Sent", "sent");
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        await mail.NewFolderAsync(account, "Empty");
        await mail.StoreAsync(account, MailHost.Note("read"), MailHost.Noon, ["\\Seen"], inbox);
        await mail.StoreAsync(account, MailHost.Note("unread"), MailHost.Noon, [], inbox, inbox);
        await mail.StoreAsync(account, MailHost.Note("both"), MailHost.Noon, [], inbox, sent);
        var moved = await mail.StoreAsync(account, MailHost.Note("moved"), MailHost.Noon, [], inbox);
        var made = await mail.StoreAsync(account, MailHost.Note("made up"), MailHost.Noon, [], inbox);
        var deleted = await mail.StoreAsync(account, MailHost.Note("deleted"), MailHost.Noon, [], inbox);
        await user.Client.PatchAsJsonAsync($"/api/emails/{moved}", new { folder = "Sent", is_read = true });
        await user.Client.PatchAsJsonAsync($"/api/emails/{made}", new { folder = "Projects" });
        await user.Client.DeleteAsync($"/api/emails/{deleted}");
        var folders = await MailHost.GetAsync(user, $"/api/accounts/{account}/folders");
        Assert.Equal("INBOX 3 2, Empty 0 0, Sent 2 1, Projects 1 1", string.Join(", ", folders.GetProperty("folders").EnumerateArray().Select(f => $"{f.GetProperty("name").GetString()} {f.GetProperty("total")} {f.GetProperty("unread")}")));
        foreach (var folder in folders.GetProperty("folders").EnumerateArray())
        {
            var list = await MailHost.GetAsync(user, $"/api/accounts/{account}/emails?folder={folder.GetProperty("name").GetString()}");
            Assert.Equal(folder.GetProperty("total").GetInt32(), list.GetProperty("emails").GetArrayLength());
        }

        Golden.AssertMatches("folders", System.Text.RegularExpressions.Regex.Replace(folders.GetRawText(), "\"id\":\"\\d+\"", "\"id\":\"1\""));
    }

    [Fact]
    public async Task Threads_come_newest_first_and_pages_show_each_once_also_when_mail_arrives_meanwhile()
    {
        var (user, account) = await NewAsync();
        for (var n = 0; n < 30; n++)
            await mail.StoreAsync(account, SearchHost.Mail($"m{n}", $"thread {n % 11}", "x", header: n < 11 ? "" : $"References: <m{n % 11}@example.org>\n"), MailHost.Noon.AddMinutes(n / 2), []);
        var whole = (await MailHost.GetAsync(user, $"/api/accounts/{account}/threads")).GetProperty("threads").EnumerateArray().Select(t => t.GetProperty("subject").GetString()!).ToList();
        Assert.Equal(11, whole.Distinct().Count());
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await MailHost.GetAsync(user, $"/api/accounts/{account}/threads?limit=4" + (cursor is null ? "" : $"&cursor={cursor}"));
            seen.AddRange(page.GetProperty("threads").EnumerateArray().Select(t => t.GetProperty("subject").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
            await mail.StoreAsync(account, SearchHost.Mail($"late{seen.Count}", $"late {seen.Count}", "x"), MailHost.Noon.AddDays(1), []);
        }
        while (cursor is not null);
        Assert.Equal(whole, seen);
    }

    [Fact]
    public async Task A_thread_says_what_is_in_it()
    {
        var (user, account) = await NewAsync();
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        await mail.StoreAsync(account, SearchHost.Mail("a", "The question", "first"), MailHost.Noon, ["\\Seen"], inbox);
        await mail.StoreAsync(account, SearchHost.Mail("b", "Re: The question", "second", from: "Bob <bob@x.example>", header: "References: <a@example.org>\n", more: SearchHost.File("x.pdf")),
            MailHost.Noon.AddMinutes(1), ["\\Flagged"], inbox);
        await mail.StoreAsync(account, SearchHost.Mail("c", "Re: The question", "third", header: "References: <a@example.org> <b@example.org>\n"), MailHost.Noon.AddMinutes(2), [], inbox);
        Golden.AssertMatches("threads", (await MailHost.GetAsync(user, $"/api/accounts/{account}/threads")).GetRawText());
        // What is deleted is in no thread, and a thread of nothing is none.
        await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { query = "third" });
        var thread = (await MailHost.GetAsync(user, $"/api/accounts/{account}/threads")).GetProperty("threads")[0];
        Assert.Equal((2, "second"), (thread.GetProperty("message_count").GetInt32(), thread.GetProperty("snippet").GetString()));
        await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { thread_id = thread.GetProperty("id").GetString() });
        Assert.Equal(0, (await MailHost.GetAsync(user, $"/api/accounts/{account}/threads")).GetProperty("threads").GetArrayLength());
    }

    [Theory]
    [InlineData("folders")]
    [InlineData("threads")]
    public async Task Accounts_of_others_are_not_there(string what)
    {
        var (user, account) = await NewAsync();
        var stranger = await mail.Host.SignUpAsync();
        foreach (var (who, where) in new[] { (stranger, account.ToString()), (user, Guid.NewGuid().ToString()), (user, "nonsense") })
        {
            using var answer = await who.Client.GetAsync($"/api/accounts/{where}/{what}");
            await answer.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        }

        using var empty = await user.Client.GetAsync($"/api/accounts/{account}/{what}");
        Assert.Equal(0, (await empty.JsonAsync()).GetProperty(what).GetArrayLength());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("offset=5", "offset")]
    public async Task What_cannot_be_understood_is_refused_by_name(string query, string field)
    {
        var (user, account) = await NewAsync();
        using var answer = await user.Client.GetAsync($"/api/accounts/{account}/threads?{query}");
        await answer.AssertFieldErrorAsync(field);
    }

    private async Task<(SignedIn User, Guid Account)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        return (user, await mail.NewAccountAsync(user));
    }
}
