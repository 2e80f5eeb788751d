using System.Security.Cryptography;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Messages;

public sealed class EmailTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_list_comes_page_by_page_newest_first_and_each_mail_once()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "\\Inbox");
        for (var i = 0; i < 7; i++) await mail.StoreAsync(account, MailHost.Note($"n{i}"), MailHost.Noon.AddMinutes(i), i == 3 ? ["\\Seen"] : [], inbox);
        var client = Clients.Of(mail.Host, user);
        Assert.Equal(["n6", "n5", "n4", "n3", "n2", "n1", "n0"], await client.Emails.ListAsync($"{account}", pageSize: 3).Select(m => m.Subject).ToListAsync());
        Assert.Equal(["n3"], await client.Emails.ListAsync($"{account}", new EmailFilter { Unread = false }).Select(m => m.Subject).ToListAsync());
        var window = new EmailFilter { Folder = "INBOX", After = MailHost.Noon, Before = MailHost.Noon.AddMinutes(3) };
        Assert.Equal(["n2", "n1"], await client.Emails.ListAsync($"{account}", window).Select(m => m.Subject).ToListAsync());
    }

    [Fact]
    public async Task One_mail_with_its_body_parts_and_bytes()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "\\Inbox");
        var raw = SampleMail.Full();
        var id = (await mail.StoreAsync(account, raw, MailHost.Noon, ["\\Flagged"], inbox)).ToString();
        var client = Clients.Of(mail.Host, user);

        var email = await client.Emails.GetAsync(id);
        Assert.Equal(("Grüße €", "Zoë", "zoe@example.org", MailHost.Noon, true), (email.Subject, email.From[0].Name, email.From[0].Address, email.ReceivedAt, email.IsStarred));
        var body = await client.Emails.GetBodyAsync(id);
        Assert.Equal(("Grüße aus Köln", 2), (body.Text, body.Headers["Received"].Count));

        var png = (await client.Emails.GetPartsAsync(id)).Single(p => p.FileName == "logo.png");
        await using (var content = await client.Emails.OpenPartAsync(id, png.Id))
        {
            Assert.Equal(("image/png", "logo.png", png.Size), (content.ContentType, content.FileName, content.Length));
            Assert.Equal(SampleMail.Png, await BytesAsync(content));
        }
        await using (var rest = await client.Emails.OpenPartAsync(id, png.Id, offset: 8)) Assert.Equal(SampleMail.Png[8..], await BytesAsync(rest));
        await using (var whole = await client.Emails.OpenRawAsync(id))
        {
            Assert.Equal("message/rfc822", whole.ContentType);
            Assert.Equal(SHA256.HashData(raw), SHA256.HashData(await BytesAsync(whole)));
        }
    }

    [Fact]
    public async Task A_search_comes_page_by_page_with_its_hits_marked_and_a_deleted_record_is_found_no_more()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "\\Inbox");
        for (var i = 0; i < 5; i++) await mail.StoreAsync(account, MailHost.Note($"invoice{i}"), MailHost.Noon.AddMinutes(i), [], inbox);
        var client = Clients.Of(mail.Host, user);
        var search = new EmailSearch { Query = "invoice*", Sort = "newest", Before = MailHost.Noon.AddMinutes(4) };
        var found = await client.Emails.SearchAsync($"{account}", search, pageSize: 3).ToListAsync();
        Assert.Equal(["invoice3", "invoice2", "invoice1", "invoice0"], found.Select(m => m.Subject));
        Assert.Contains("<mark>", found[0].SnippetHtml, StringComparison.Ordinal);
        await client.Emails.DeleteAsync(found[1].Id);
        Assert.Equal(3, await client.Emails.SearchAsync($"{account}", search).CountAsync());
        var shell = new Cli.ServiceShell(mail.Host.Address, user.Token);
        var lines = await shell.OutputAsync("search", "invoice1", "--account", $"{account}", "--json");
        Assert.Equal(found[2].Id, System.Text.Json.JsonDocument.Parse(lines).RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_change_and_a_deletion_are_told_to_the_mail_server_when_that_is_asked_for()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var id = (await mail.StoreAsync(account, MailHost.Note("told"), MailHost.Noon, [], await mail.NewFolderAsync(account, "INBOX", "inbox"))).ToString();
        await mail.NewFolderAsync(account, "Archive", "archive");
        var client = Clients.Of(mail.Host, user);
        var changed = await client.Emails.ChangeAsync(id, new EmailChange { IsRead = true, Tags = ["a"], Folder = "Anything" });
        Assert.Equal((true, "a", "Anything", null), (changed.Email.IsRead, changed.Email.Tags[0], changed.Email.Folder, changed.Provider));
        var moved = await client.Emails.ChangeAsync(id, new EmailChange { Folder = "archive" }, provider: true);
        Assert.Equal(("Archive", "queued"), (moved.Email.Folder, moved.Provider!.Status));
        Assert.Equal("move_message", (await client.Jobs.GetAsync(moved.Provider.JobId)).Kind);
        var refused = await Assert.ThrowsAsync<PostmillException>(() => client.Emails.ChangeAsync(id, new EmailChange { Notes = "n" }, provider: true));
        Assert.Equal("provider", Assert.Single(refused.FieldErrors).Key);
        Assert.Equal("queued", (await client.Emails.DeleteAsync(id, provider: true))!.Status);
    }

    [Fact]
    public async Task A_mail_of_somebody_else_is_not_found()
    {
        var owner = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(owner);
        var id = await mail.StoreAsync(account, MailHost.Note("private"), MailHost.Noon, [], await mail.NewFolderAsync(account, "INBOX"));
        var other = Clients.Of(mail.Host, await mail.Host.SignUpAsync());
        var e = await Assert.ThrowsAsync<PostmillException>(() => other.Emails.OpenRawAsync($"{id}"));
        Assert.Equal((System.Net.HttpStatusCode.NotFound, "not_found"), (e.Status!.Value, e.Code));
    }

    [Fact]
    public async Task A_field_that_is_wrong_is_named()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var list = Clients.Of(mail.Host, user).Emails.ListAsync($"{account}", new EmailFilter { Direction = "up" });
        var e = await Assert.ThrowsAsync<PostmillException>(async () => await list.CountAsync());
        Assert.Equal("validation_failed", e.Code);
        Assert.Equal(["must be inbound or outbound"], e.FieldErrors["direction"]);
    }

    private static async Task<byte[]> BytesAsync(EmailContent content)
    {
        using var bytes = new MemoryStream();
        await content.Stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
