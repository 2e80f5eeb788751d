using Postmill.Adapters.Tests.Accounts;
using Postmill.Testing.Letters;

namespace Postmill.Adapters.Tests.Sending;

public sealed class ReportWriterTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private readonly string _id = $"{Guid.NewGuid():N}@example.org";

    [Fact]
    public async Task Hard_bounce_marks_its_recipient_tells_the_user_and_ends_mail_to_that_address()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "Ada@example.net", "ben@example.net");
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal("sent hard userunknown 5.1.1; sent", await given.RecipientsAsync(job));
        Assert.Equal("ada@example.net hard_bounce", await given.SuppressedAsync());
        Assert.Equal($$"""{"type":"bounce","email":"Ada@example.net","messageId":"{{_id}}","bounceType":"hard","reason":"userunknown","bouncedAt":"2020-01-01T00:00:01Z"}""", await given.EventsAsync());
        Assert.Equal(1, await given.LinesAsync("mail.bounced"));
    }

    [Fact]
    public async Task Soft_bounce_marks_and_tells_and_suppresses_nobody_until_a_hard_one_comes()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net", "5.2.2"), ReportLetters.Bounce(_id, "ada@example.net", "5.2.2", note: "again"));
        Assert.Equal("sent soft mailboxfull 5.2.2", await given.RecipientsAsync(job));
        Assert.Equal("", await given.SuppressedAsync());
        Assert.Equal(1, await given.LinesAsync("mail.bounced"));
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal("sent hard userunknown 5.1.1", await given.RecipientsAsync(job));
        Assert.Equal("ada@example.net hard_bounce", await given.SuppressedAsync());
    }

    [Fact]
    public async Task Delay_is_no_bounce()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net", "4.4.1", "delayed"));
        Assert.Equal("sent", await given.RecipientsAsync(job));
        Assert.Equal("", await given.EventsAsync());
    }

    [Fact]
    public async Task Complaint_is_told_and_an_opt_out_is_an_unsubscribe()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "ada@example.net", "ben@example.net", "cleo@example.net");
        await given.ArrivesAsync(
            ReportLetters.Complaint(_id, "ada@example.net"), ReportLetters.Complaint(_id, "ben@example.net", "opt-out"), ReportLetters.Complaint(_id, "cleo@example.net", "not-spam"));
        Assert.Equal("sent complained; sent; sent", await given.RecipientsAsync(job));
        Assert.Equal("ada@example.net complaint; ben@example.net unsubscribe", await given.SuppressedAsync());
        Assert.Equal($$"""
            {"type":"complaint","email":"ada@example.net","messageId":"{{_id}}","complainedAt":"2020-01-01T00:00:01Z"}; {"type":"unsubscribe","email":"ben@example.net","unsubscribedAt":"2020-01-01T00:00:02Z"}
            """, await given.EventsAsync());
    }

    [Fact]
    public async Task Forged_report_changes_nothing()
    {
        var (given, stranger) = (await ReportGiven.NewAsync(database), await ReportGiven.NewAsync(database));
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        // A mail that was never sent; a recipient it did not go to; another user's mail.
        await given.ArrivesAsync(ReportLetters.Bounce("never@example.org", "ada@example.net"), ReportLetters.Bounce(_id, "mallory@example.net"));
        await stranger.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"), ReportLetters.Complaint(_id, "ada@example.net"), ReportLetters.Answer(_id));
        Assert.Equal("sent", await given.RecipientsAsync(job));
        foreach (var user in new[] { given, stranger })
        {
            Assert.Equal("", await user.SuppressedAsync());
            Assert.Equal("", await user.EventsAsync());
            Assert.Equal(0, await user.LinesAsync("mail.bounced"));
        }
    }

    [Theory]
    [InlineData("waiting")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task Mail_that_no_server_took_cannot_come_back(string state)
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, state, "ada@example.net");
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal(state, await given.RecipientsAsync(job));
        Assert.Equal("", await given.SuppressedAsync());
    }

    [Fact]
    public async Task Bounce_of_a_mail_in_doubt_settles_the_doubt_first()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "uncertain", "ada@example.net", "ben@example.net");
        await given.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal("sent hard userunknown 5.1.1; sent", await given.RecipientsAsync(job));
        Assert.Equal("succeeded", await given.JobAsync(job));
        Assert.Equal(1, await given.LinesAsync("mail.found"));
    }

    [Fact]
    public async Task Answer_proves_that_a_mail_in_doubt_arrived_and_a_mail_that_merely_quotes_along_does_not()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "uncertain", "ada@example.net");
        await given.ArrivesAsync(ReportLetters.Answer("other@example.org").Replace("In-Reply-To:", $"References: <{_id}> <other@example.org>\nIn-Reply-To:", StringComparison.Ordinal));
        Assert.Equal("uncertain", await given.JobAsync(job));
        await given.ArrivesAsync(ReportLetters.Answer(_id));
        Assert.Equal("sent", await given.RecipientsAsync(job));
        Assert.Equal("succeeded", await given.JobAsync(job));
        Assert.Equal("", await given.EventsAsync());
    }

    [Fact]
    public async Task Report_comes_into_another_mailbox_of_the_same_user()
    {
        var given = await ReportGiven.NewAsync(database);
        var other = await ReportGiven.NewAsync(database, given.Claim.UserId);
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        await other.ArrivesAsync(ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal("sent hard userunknown 5.1.1", await given.RecipientsAsync(job));
    }

    [Fact]
    public async Task Old_report_of_a_back_fill_counts_silently_and_one_that_is_stored_again_counts_once()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        var bounce = ReportLetters.Bounce(_id, "ada@example.net");
        Assert.Null((await given.ArrivesAsync(isNews: false, bounce)).FeedSeq);
        Assert.Equal("sent hard userunknown 5.1.1", await given.RecipientsAsync(job));
        Assert.Equal("ada@example.net hard_bounce", await given.SuppressedAsync());
        await given.ArrivesAsync(bounce);
        Assert.Equal("", await given.EventsAsync());
        Assert.Equal(1, await given.LinesAsync("mail.bounced"));
    }

    [Fact]
    public async Task Address_that_was_put_on_the_list_before_keeps_its_reason()
    {
        var given = await ReportGiven.NewAsync(database);
        await given.SentAsync(_id, "sent", "ada@example.net");
        await given.ArrivesAsync(ReportLetters.Complaint(_id, "ada@example.net"), ReportLetters.Bounce(_id, "ada@example.net"));
        Assert.Equal("ada@example.net complaint", await given.SuppressedAsync());
    }

    [Fact]
    public async Task Envelope_id_names_the_mail_where_the_report_quotes_nothing_of_it()
    {
        var given = await ReportGiven.NewAsync(database);
        var job = await given.SentAsync(_id, "sent", "ada@example.net");
        var bounce = ReportLetters.Bounce("nothing@example.org", "ada@example.net").Replace("Reporting-MTA:", $"Original-Envelope-Id: {job:N}\nReporting-MTA:", StringComparison.Ordinal);
        await given.ArrivesAsync(bounce);
        Assert.Equal("sent hard userunknown 5.1.1", await given.RecipientsAsync(job));
    }

    [Fact]
    public async Task Two_mailboxes_that_get_the_same_reports_in_different_order_do_not_wait_for_each_other()
    {
        var given = await ReportGiven.NewAsync(database);
        var other = await ReportGiven.NewAsync(database, given.Claim.UserId);
        string[] ids = [.. Enumerable.Range(0, 20).Select(n => $"{n}.{_id}")];
        foreach (var id in ids) await given.SentAsync(id, "sent", $"{id}@example.net");
        string[] reports = [.. ids.Select(id => ReportLetters.Bounce(id, $"{id}@example.net"))];
        await Task.WhenAll(given.ArrivesAsync(reports), other.ArrivesAsync([.. reports.Reverse()]));
        Assert.Equal(20, await given.LinesAsync("mail.bounced"));
    }
}
