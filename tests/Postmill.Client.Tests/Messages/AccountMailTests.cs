using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Messages;

/// <summary>Records, folders, threads and the log of an account.</summary>
public sealed class AccountMailTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_record_is_written_down_once_and_what_is_found_is_deleted()
    {
        var user = await mail.Host.SignUpAsync();
        var account = (await mail.NewAccountAsync(user)).ToString();
        var client = Clients.Of(mail.Host, user);
        var call = new NewEmail { Subject = "The call", From = [new EmailAddress("Zoë", "zoe@example.org")], Text = "She agrees.", Folder = "Calls", IsRead = true, Tags = ["call"] };
        var made = await client.Emails.CreateAsync(account, call, "mine");
        Assert.Equal(made.Id, (await client.Emails.CreateAsync(account, call, "mine")).Id);
        Assert.Equal(("The call", "Calls", true, "call"), (made.Subject, made.Folder, made.IsRead, made.Tags[0]));
        var folder = (await client.Emails.ListFoldersAsync(account)).Single(folder => folder.Total > 0);
        Assert.Equal(("Calls", 1L, 0L), (folder.Name, folder.Total, folder.Unread));
        await client.Emails.CreateAsync(account, call with { Subject = "Another" });

        var search = new EmailSearch { Query = "agrees" };
        Assert.Equal(new DeletedEmails(true, 1, true), await client.Emails.DeleteFoundAsync(account, search, limit: 1, dryRun: true));
        Assert.Equal(new DeletedEmails(false, 2, false), await client.Emails.DeleteFoundAsync(account, search));
        Assert.Equal(0, await client.Emails.ListAsync(account).CountAsync());
        var refused = await Assert.ThrowsAsync<PostmillException>(() => client.Emails.DeleteFoundAsync(account, new EmailSearch()));
        Assert.Equal("validation_failed", refused.Code);
    }

    [Fact]
    public async Task Threads_come_newest_first_with_what_is_in_them()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        await mail.StoreAsync(account, MailHost.Note("one"), MailHost.Noon, [], inbox);
        var answer = MailHost.Raw("From: a@example.org\nSubject: Re: one\nMessage-ID: <re@example.org>\nReferences: <one@example.org>\n\nYes.\n");
        await mail.StoreAsync(account, answer, MailHost.Noon.AddMinutes(2), ["\\Seen"], inbox);
        await mail.StoreAsync(account, MailHost.Note("two"), MailHost.Noon.AddMinutes(1), [], inbox);
        var threads = await Clients.Of(mail.Host, user).Emails.ListThreadsAsync($"{account}").ToListAsync();
        Assert.Equal([(2L, 1L, 2), (1L, 1L, 1)], threads.Select(thread => (thread.Emails, thread.Unread, thread.Participants.Count)));
    }

    [Fact]
    public async Task The_log_is_read_searched_and_pruned()
    {
        var user = await mail.Host.SignUpAsync();
        var account = (await mail.NewAccountAsync(user)).ToString();
        var client = Clients.Of(mail.Host, user);
        for (var n = 0; n < 3; n++) await client.Emails.CreateAsync(account, new NewEmail { Subject = $"s{n}" });
        var lines = await client.Logs.ListAsync(account, new LogFilter { Action = "email.created" }).ToListAsync();
        Assert.Equal((3, $"user:{user.UserId}", "done"), (lines.Count, lines[0].Actor, lines[0].Outcome));
        Assert.Equal(lines[0].Subject, (await client.Logs.GetAsync(lines[0].Id)).Subject);
        var later = TimeProvider.System.GetUtcNow().AddMinutes(1);
        Assert.Equal(3, await client.Logs.DeleteAsync(account, later, new LogFilter { Action = "email.created" }, dryRun: true));
        Assert.Equal(2, await client.Logs.DeleteAsync(account, later, new LogFilter { Action = "email.created" }, limit: 2));
        Assert.Equal(0, await client.Logs.DeleteAsync(account, later.AddYears(-1)));
        Assert.Equal(1, await client.Logs.ListAsync(account, new LogFilter { Query = "email.created" }).CountAsync());
    }
}
