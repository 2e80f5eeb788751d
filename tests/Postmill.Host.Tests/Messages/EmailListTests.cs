using System.Text.Json;

namespace Postmill.Host.Tests.Messages;

public sealed class EmailListTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_list_is_as_it_is_promised_and_holds_no_body()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        var work = await mail.NewFolderAsync(account, "Work");
        await mail.StoreAsync(account, SampleMail.Full(), MailHost.Noon, ["\\Seen", "\\Flagged", "$Label1"], work, inbox, inbox);
        var list = await MailHost.GetAsync(user, $"/api/accounts/{account}/emails");
        Golden.AssertMatches("email_list", list.GetRawText());
        Assert.DoesNotContain("<p>", list.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_by_cursor_show_every_mail_once_newest_first_also_when_mail_arrives_meanwhile()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        // Two of each moment: the id decides, and no page border loses one.
        for (var n = 0; n < 25; n++) await mail.StoreAsync(account, MailHost.Note($"p{n:00}"), MailHost.Noon.AddMinutes(n / 2), []);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await MailHost.GetAsync(user, $"/api/accounts/{account}/emails?limit=7" + (cursor is null ? "" : $"&cursor={cursor}"));
            seen.AddRange(Subjects(page));
            cursor = page.GetProperty("next_cursor").GetString();
            await mail.StoreAsync(account, MailHost.Note($"late {seen.Count}"), MailHost.Noon.AddDays(1), []);
        }
        while (cursor is not null);
        Assert.Equal(25, seen.Count);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(Enumerable.Range(0, 25).Select(n => 12 - (n + 1) / 2), seen.Select(subject => int.Parse(subject[1..], System.Globalization.CultureInfo.InvariantCulture) / 2));
        Assert.Equal(seen[..3], Subjects(await MailHost.GetAsync(user, $"/api/accounts/{account}/emails?limit=3&offset=4")));
    }

    [Theory]
    [InlineData("folder=INBOX", "seen,starred,both")]
    [InlineData("folder=inbox", "seen,starred,both")]
    [InlineData("folder=Archive%2F2026", "both")]
    [InlineData("folder=nowhere", "")]
    [InlineData("unread=true", "gone,starred")]
    [InlineData("unread=false", "seen,both")]
    [InlineData("starred=true", "starred")]
    [InlineData("starred=0", "gone,seen,both")]
    [InlineData("has_attachments=true", "")]
    [InlineData("direction=outbound", "")]
    [InlineData("direction=inbound&unread=1&starred=1", "starred")]
    [InlineData("message_id=seen%40example.org", "seen")]
    [InlineData("thread_id=nonsense", "")]
    [InlineData("after=2026-05-27T12:01:00Z", "gone,seen")]
    [InlineData("before=2026-05-27T12:01:00%2B00:00", "both")]
    public async Task Filters_show_what_they_name(string query, string subjects)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        var archive = await mail.NewFolderAsync(account, "Archive/2026");
        await mail.StoreAsync(account, MailHost.Note("both"), MailHost.Noon, ["\\Seen"], inbox, archive);
        await mail.StoreAsync(account, MailHost.Note("starred"), MailHost.Noon.AddMinutes(1), ["\\Flagged"], inbox);
        await mail.StoreAsync(account, MailHost.Note("seen"), MailHost.Noon.AddMinutes(2), ["\\Seen"], inbox);
        await mail.StoreAsync(account, MailHost.Note("gone"), MailHost.Noon.AddMinutes(3), []);
        var found = Subjects(await MailHost.GetAsync(user, $"/api/accounts/{account}/emails?{query}"));
        Assert.Equal(subjects.Split(',', StringSplitOptions.RemoveEmptyEntries).Order(), found.Order());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("direction=up", "direction")]
    [InlineData("unread=maybe", "unread")]
    [InlineData("after=yesterday", "after")]
    [InlineData("folder=a%00b", "folder")]
    public async Task What_cannot_be_understood_is_refused_by_name(string query, string field)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        using var answer = await user.Client.GetAsync($"/api/accounts/{account}/emails?{query}");
        await answer.AssertFieldErrorAsync(field);
    }

    private static List<string> Subjects(JsonElement list) => [.. list.GetProperty("emails").EnumerateArray().Select(email => email.GetProperty("subject").GetString()!)];
}
