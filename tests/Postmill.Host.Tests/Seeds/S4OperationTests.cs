using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Messages;

namespace Postmill.Host.Tests.Seeds;

/// <summary>S4's operations that ask no mail server, each by its purpose; <see cref="S4Tests"/> and <see cref="S4SendingTests"/> have those that do.</summary>
public sealed class S4OperationTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task List_account_email_metadata()
    {
        var (user, account, _) = await OneAsync("Work");
        Golden.AssertMatches("email_list", await user.Client.GetStringAsync($"/api/accounts/{account}/emails"));
    }

    [Fact]
    public async Task Query_emails_by_indexed_fields()
    {
        var (user, account, email) = await OneAsync();
        foreach (var field in new object[]
        {
            new { query = "grusse" }, new { from = "zoe@example.org" }, new { to = "other@example.net" }, new { subject = "Grüße" }, new { folder = "INBOX" },
            new { direction = "inbound" }, new { unread = false }, new { starred = true }, new { has_attachments = true },
            new { after = MailHost.Noon.AddHours(-1) }, new { before = MailHost.Noon.AddHours(1) },
            new { message_id = "<full@example.org>" }, new { thread_id = await FieldAsync(user, email, "thread_id") },
        })
        {
            var found = (await user.SearchAsync(account, field)).GetProperty("emails");
            Assert.True(found.GetArrayLength() == 1 && found[0].GetProperty("id").GetGuid() == email, $"{JsonSerializer.Serialize(field)}: {found}");
        }

        foreach (var other in new object[]
        {
            new { query = "abend" }, new { from = "me@example.net" }, new { unread = true }, new { starred = false }, new { folder = "Work" },
            new { after = MailHost.Noon.AddHours(1) }, new { tag = "none" },
        })
            Assert.Equal("", (await user.SearchAsync(account, other)).Ids());
    }

    [Fact]
    public async Task Bulk_delete_matched_email_records()
    {
        var (user, account, email) = await OneAsync();
        using var dry = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { query = "grüße", dry_run = true });
        Golden.AssertMatches("search_delete_dry_one", await dry.Content.ReadAsStringAsync());
        using var wet = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { query = "grüße" });
        Golden.AssertMatches("search_delete_one", await wet.Content.ReadAsStringAsync());
        await AssertGoneAsync(user, email);
    }

    [Fact]
    public async Task Create_email_record_explicitly()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        using var answer = await user.Client.PostAsJsonAsync($"/api/accounts/{account}/emails", RecordTests.Whole);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Golden.AssertMatches("email_created", await answer.Content.ReadAsStringAsync());
        Assert.Empty((await MailHost.GetAsync(user, $"/api/accounts/{account}/jobs")).GetProperty("jobs").EnumerateArray());
    }

    [Fact]
    public async Task Retrieve_one_email_record()
    {
        var (user, _, email) = await OneAsync(flags: []);
        Golden.AssertMatches("email", await user.Client.GetStringAsync($"/api/emails/{email}"));
    }

    [Fact]
    public async Task Update_mutable_email_fields()
    {
        var (user, _, email) = await OneAsync(flags: ["$Label1"]);
        var change = new { is_read = true, is_starred = true, folder = "Projects", tags = new[] { "b", "a" }, notes = "by phone" };
        using var answer = await user.Client.PatchAsJsonAsync($"/api/emails/{email}", change);
        Golden.AssertMatches("email_changed", await answer.Content.ReadAsStringAsync());
        using var fixedField = await user.Client.PatchAsJsonAsync($"/api/emails/{email}", new { subject = "another" });
        await fixedField.AssertFieldErrorAsync("subject");
    }

    [Fact]
    public async Task Delete_one_email_record()
    {
        var (user, _, email) = await OneAsync();
        using var answer = await user.Client.DeleteAsync($"/api/emails/{email}");
        Golden.AssertMatches("done", await answer.Content.ReadAsStringAsync());
        await AssertGoneAsync(user, email);
    }

    [Fact]
    public async Task Retrieve_parsed_message_body()
    {
        var (user, account, email) = await OneAsync();
        Golden.AssertMatches("email_body", await user.Client.GetStringAsync($"/api/accounts/{account}/emails/{email}/body"));
    }

    [Fact]
    public async Task Retrieve_message_part_metadata_and_decoded_content_for_one_part()
    {
        var (user, account, email) = await OneAsync();
        var text = await user.Client.GetStringAsync($"/api/accounts/{account}/emails/{email}/parts");
        Golden.AssertMatches("email_parts", text);
        var logo = JsonElement.Parse(text).GetProperty("parts").EnumerateArray().Single(part => part.GetProperty("filename").GetString() == "logo.png").GetProperty("id").GetString();
        using var content = await user.Client.GetAsync($"/api/accounts/{account}/emails/{email}/parts/{logo}/content");
        Assert.Equal(("image/png", "inline"), (content.Content.Headers.ContentType!.MediaType, content.Content.Headers.ContentDisposition!.DispositionType));
        Assert.Equal(SampleMail.Png, await content.Content.ReadAsByteArrayAsync());
    }

    /// <param name="beside">A second folder that it lies in.</param>
    /// <param name="flags">Read, starred and labelled when none are given.</param>
    private async Task<(SignedIn User, Guid Account, Guid Email)> OneAsync(string? beside = null, string[]? flags = null)
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        List<long> folders = [await mail.NewFolderAsync(account, "INBOX", "inbox")];
        if (beside is not null) folders.Add(await mail.NewFolderAsync(account, beside));
        return (user, account, await mail.StoreAsync(account, SampleMail.Full(), MailHost.Noon, flags ?? ["\\Seen", "\\Flagged", "$Label1"], [.. folders]));
    }

    private static async Task<string> FieldAsync(SignedIn user, Guid email, string field) =>
        (await MailHost.GetAsync(user, $"/api/emails/{email}")).GetProperty("email").GetProperty(field).GetString()!;

    private static async Task AssertGoneAsync(SignedIn user, Guid email)
    {
        using var gone = await user.Client.GetAsync($"/api/emails/{email}");
        await gone.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
    }
}
