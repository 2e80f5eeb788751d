using System.Net;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Sending;

public sealed class SendTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_mail_is_handed_in_once_and_is_a_record_with_its_job_and_its_line_in_the_log()
    {
        var user = await mail.Host.SignUpAsync();
        var account = (await mail.NewAccountAsync(user)).ToString();
        var client = Clients.Of(mail.Host, user);
        var outgoing = new OutgoingMail
        {
            From = new EmailAddress("Me", $"{Guid.Parse(account):N}@example.org"),
            To = [new EmailAddress("Zoë", "zoe@example.net")],
            Bcc = [new EmailAddress(null, "hidden@example.net")],
            Subject = "Grüße",
            Text = "Guten Tag",
            Html = "<p>Guten Tag",
            Attachments = [new OutgoingFile("a.txt", "x"u8.ToArray(), "text/plain")],
            InReplyTo = "<before@example.net>",
            Headers = new Dictionary<string, string> { ["X-Campaign"] = "May" },
            SendAt = TimeProvider.System.GetUtcNow().AddDays(1),
            Tags = ["invoice"],
        };
        var handed = await client.Sending.EnqueueAsync(account, outgoing, "mine");
        Assert.Equal(handed, await client.Sending.EnqueueAsync(account, outgoing, "mine"));
        var email = await client.Emails.GetAsync(handed.EmailId);
        Assert.Equal((handed.TaskId, handed.JobId, handed.MessageId, "outbound"), (email.TaskId, email.JobId, email.MessageId, email.Direction));
        Assert.Equal(("Me", "hidden@example.net", "invoice"), (email.From[0].Name, email.Bcc[0].Address, email.Tags[0]));
        Assert.Equal("a.txt", Assert.Single(await client.Emails.GetPartsAsync(email.Id), part => part.FileName is not null).FileName);
        Assert.Equal("queued", Assert.Single(await client.Jobs.ListAsync(account, new JobFilter(Kind: "send_message")).ToListAsync()).State);
        Assert.Equal("task.requested", Assert.Single(await client.Logs.ListAsync(account, new LogFilter { Subject = handed.JobId }).ToListAsync()).Action);
    }

    [Fact]
    public async Task A_refusal_names_the_field()
    {
        var user = await mail.Host.SignUpAsync();
        var account = (await mail.NewAccountAsync(user)).ToString();
        var refused = await Assert.ThrowsAsync<PostmillException>(() => Clients.Of(mail.Host, user).Sending.EnqueueAsync(account, new OutgoingMail { Subject = "to nobody" }));
        Assert.Equal((HttpStatusCode.BadRequest, "to_json"), (refused.Status!.Value, Assert.Single(refused.FieldErrors).Key));
    }
}
