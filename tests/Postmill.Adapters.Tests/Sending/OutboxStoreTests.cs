using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Tests.Sending;

public sealed class OutboxStoreTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly SendFailure Lost = new(SendFailure.OutcomeUnknown, "lost");

    private DateTimeOffset Now => database.Clock.GetUtcNow();

    private OutboxStore Store => new(database.Source, database.Fence());

    private OutgoingBook Book => new(database.Source, new DraftComposer(new SendOptions(), new SigningKeys()), database.Clock);

    [Fact]
    public async Task A_mail_that_is_handed_in_is_due_with_its_octets_and_its_recipients()
    {
        var owned = await OwnedAsync();
        var done = await AddAsync(owned, Draft("a@example.net", "B@example.net") with { Bcc = [new(null, "hidden@example.net")] });
        var mail = Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None));
        Assert.Equal((done.Job.Id, done.EmailId, done.MessageId, "me@example.org", SendLane.Single), (mail.Job.Id, mail.EmailId, mail.MessageId, mail.EnvelopeFrom, mail.Lane));
        Assert.Equal(["a@example.net", "B@example.net", "hidden@example.net"], mail.Waiting.Select(recipient => recipient.Address));
        var octets = System.Text.Encoding.ASCII.GetString(mail.Content!.Value.Span);
        Assert.Contains($"Message-ID: <{done.MessageId}>", octets, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden@example.net", octets, StringComparison.Ordinal);
        Assert.Equal(mail.Size, mail.Content.Value.Length);
    }

    [Fact]
    public async Task Intent_and_outcome_lead_to_a_success_and_its_line()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("a@example.net"));
        var mail = await TakeAsync(owned);
        Assert.Equal("running", await StateAsync(mail));
        Assert.Empty(await Store.DueAsync(owned.Claim, [], 10, Now, None));
        await EndAsync(owned, mail, Accepted(mail));
        Assert.Equal(("succeeded", "sent"), (await StateAsync(mail), await RecipientAsync(mail)));
        Assert.Equal(1L, await LinesAsync(mail, "mail.sent"));
    }

    [Fact]
    public async Task A_cancelled_mail_grants_no_intent()
    {
        var owned = await OwnedAsync();
        var done = await AddAsync(owned, Draft("a@example.net"));
        var cancelled = Assert.IsType<JobDecision.Changed>(JobPolicy.OnCancel(done.Job, Now)).Job;
        Assert.True(await database.JobBook().ChangeAsync(done.Job, cancelled, Jobs.JobGiven.Line(owned.Claim.UserId, done.Job, "job.cancelled"), None));
        Assert.Empty(await Store.CommitAsync(owned.Claim, new OutboxCommit([], [done.Job.Id], null, false, Now), static () => { }, None));
        Assert.Equal("cancelled", await database.ScalarAsync<string>("SELECT state FROM outgoing_recipient WHERE job_id = $1", done.Job.Id));
    }

    [Fact]
    public async Task An_outcome_that_is_written_twice_is_written_once()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("a@example.net"));
        var mail = await TakeAsync(owned);
        await EndAsync(owned, mail, new Delivery(DeliveryEnd.LostBefore, Lost));
        await EndAsync(owned, mail, new Delivery(DeliveryEnd.LostBefore, Lost)); // the first one's answer was lost
        database.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await TakeAsync(owned);
        Assert.Equal(1, again.Job.AttemptCount);
        Assert.Equal(1L, await LinesAsync(mail, "mail.deferred"));
    }

    [Fact]
    public async Task What_a_lost_owner_leaves_under_way_is_uncertain_and_not_due()
    {
        var silo = await database.StartSiloAsync();
        var owned = await OwnedAsync(silo);
        await AddAsync(owned, Draft("a@example.net"));
        await AddAsync(owned, Draft("b@example.net"));
        var mail = await TakeAsync(owned);
        await database.DeclareDeadAsync(silo);
        var next = await database.ClaimAsync(await database.StartSiloAsync(), owned.Claim.AccountId);
        Assert.Equal(new OutboxStanding(Waits: true, IsUncertain: true, Doubted: 1), next.Mail);
        Assert.Equal(("uncertain", "uncertain"), (await StateAsync(mail), await RecipientAsync(mail)));
        Assert.Equal(1L, await LinesAsync(mail, "mail.uncertain"));
        Assert.NotEqual(mail.Job.Id, Assert.Single(await Store.DueAsync(next.Claim, [], 10, Now, None)).Job.Id);
        await Assert.ThrowsAsync<OwnershipLostException>(() => EndAsync(owned, mail, Accepted(mail)));
        Assert.Equal("uncertain", await StateAsync(mail));
    }

    [Fact]
    public async Task A_disconnect_cancels_what_waits_and_doubts_what_is_under_way()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("a@example.net"));
        var under = await TakeAsync(owned);
        var waiting = await AddAsync(owned, Draft("b@example.net"));
        Assert.True(await database.Book().DisconnectAsync(owned.Claim.UserId, owned.Claim.AccountId, None));
        Assert.Equal(("uncertain", "uncertain"), (await StateAsync(under), await RecipientAsync(under)));
        Assert.Equal("cancelled", await database.ScalarAsync<string>("SELECT state FROM job WHERE id = $1", waiting.Job.Id));
        Assert.Equal("cancelled", await database.ScalarAsync<string>("SELECT state FROM outgoing_recipient WHERE job_id = $1", waiting.Job.Id));
        Assert.IsType<SendOutcome.NotFound>(await Book.AddAsync(owned.Claim.UserId, owned.Claim.AccountId, Draft("c@example.net"), "user:x", None));
    }

    [Fact]
    public async Task A_server_out_of_reach_is_an_attempt_for_everything_that_is_due()
    {
        var owned = await OwnedAsync();
        var one = await AddAsync(owned, Draft("a@example.net"));
        var later = await AddAsync(owned, Draft("b@example.net") with { SendAt = Now.AddHours(1) });
        var pause = SendPause.After(null, new SendFailure(SendFailure.Unreachable, "nobody there"), Now);
        await Store.DeferAsync(owned.Claim, pause, int.MaxValue, counts: true, Now, None);
        var job = (await Book.FindAsync(owned.Claim.UserId, one.Job.Id, None))!;
        Assert.Equal((JobState.Retrying, 1, SendFailure.Unreachable, (DateTimeOffset?)Now.AddMinutes(1)), (job.State, job.AttemptCount, job.LastErrorCode, job.NextRunAt));
        Assert.Equal(JobState.Queued, (await Book.FindAsync(owned.Claim.UserId, later.Job.Id, None))!.State);
        for (var attempt = 2; attempt <= SendPolicy.MostAttempts; attempt++)
        {
            database.Clock.Advance(SendPolicy.Waits[attempt - 2]);
            await Store.DeferAsync(owned.Claim, pause, 1, counts: true, Now, None);
        }

        job = (await Book.FindAsync(owned.Claim.UserId, one.Job.Id, None))!;
        Assert.Equal((JobState.Failed, SendPolicy.MostAttempts), (job.State, job.AttemptCount));
        Assert.Equal(RecipientState.Failed, Assert.Single((await Book.RecipientsAsync(owned.Claim.UserId, one.Job.Id, None))!).Recipient.State);
    }

    [Fact]
    public async Task Who_asks_for_the_next_attempt_sooner_does_not_ask_for_the_uncertain_ones()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("doubt@example.net", "later@example.net"));
        var mail = await TakeAsync(owned);
        var answers = new Dictionary<int, RecipientAnswer> { [0] = new(RecipientVerdict.Accepted), [1] = new(RecipientVerdict.RefusedForNow, Lost) };
        await EndAsync(owned, mail, new Delivery(DeliveryEnd.Unknown, Lost) { Recipients = answers });
        var job = (await Book.FindAsync(owned.Claim.UserId, mail.Job.Id, None))!;
        Assert.Equal(JobState.Retrying, job.State);
        var sooner = Assert.IsType<JobDecision.Changed>(JobPolicy.OnRetry(job, Now)).Job;
        Assert.True(await database.JobBook().ChangeAsync(job, sooner, Jobs.JobGiven.Line(owned.Claim.UserId, job, "job.retried"), None));
        Assert.Equal(["later@example.net"], Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None)).Waiting.Select(recipient => recipient.Address));
        var pause = SendPause.After(null, new SendFailure(SendFailure.Unreachable, "nobody there"), Now);
        for (var state = JobState.Queued; state is JobState.Queued or JobState.Retrying; database.Clock.Advance(TimeSpan.FromHours(8)))
        {
            await Store.DeferAsync(owned.Claim, pause, int.MaxValue, counts: true, Now, None);
            state = (await Book.FindAsync(owned.Claim.UserId, mail.Job.Id, None))!.State;
            if (state is not (JobState.Queued or JobState.Retrying)) Assert.Equal(JobState.Uncertain, state);
        }
    }

    [Fact]
    public async Task Refused_credentials_park_mails_without_a_time_until_they_serve_again()
    {
        var owned = await OwnedAsync();
        var mail = await AddAsync(owned, Draft("a@example.net"));
        await Store.DeferAsync(owned.Claim, SendPause.After(null, new SendFailure(SendFailure.AuthFailed, "no"), Now), int.MaxValue, counts: false, Now, None);
        var job = (await Book.FindAsync(owned.Claim.UserId, mail.Job.Id, None))!;
        Assert.Equal((JobState.Queued, 0, (DateTimeOffset?)null, SendFailure.AuthFailed), (job.State, job.AttemptCount, job.NextRunAt, job.LastErrorCode));
        Assert.Null(await Store.NextAtAsync(owned.Claim, [], None));
        await Store.UnparkAsync(owned.Claim, null, Now, None);
        Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None));
    }

    [Fact]
    public async Task What_a_pause_holds_up_says_so_counts_no_attempt_and_is_due_when_the_pause_is_lifted()
    {
        var owned = await OwnedAsync();
        var (old, newest) = (await AddAsync(owned, Draft("a@example.net")), await AddAsync(owned, Draft("b@example.net") with { SendAt = Now.AddSeconds(30) }));
        var pause = SendPause.After(null, new SendFailure(SendFailure.Throttled, "421 too many"), Now);
        database.Clock.Advance(TimeSpan.FromSeconds(40));
        await Store.DeferAsync(owned.Claim, pause, 1, counts: false, Now, None);
        var job = (await Book.FindAsync(owned.Claim.UserId, newest.Job.Id, None))!;
        Assert.Equal((JobState.Queued, 0, SendFailure.Throttled, "421 too many"), (job.State, job.AttemptCount, job.LastErrorCode, job.LastErrorDetail));
        Assert.InRange(job.NextRunAt!.Value, pause.Until.AddMilliseconds(-1), pause.Until);
        Assert.Equal(old.Job.Id, Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None)).Job.Id); // more than are told of wait as they are
        await Store.UnparkAsync(owned.Claim, pause.Until, Now, None);
        Assert.Equal(2, (await Store.DueAsync(owned.Claim, [], 10, Now, None)).Count);
    }

    [Theory]
    [InlineData(SuppressionReason.HardBounce)]
    [InlineData(SuppressionReason.Complaint)]
    [InlineData(SuppressionReason.Manual)]
    public async Task Who_comes_onto_the_suppression_list_after_the_mail_was_handed_in_gets_nothing(SuppressionReason reason)
    {
        var owned = await OwnedAsync();
        var alone = await AddAsync(owned, Draft("Gone@bücher.example"));
        var both = await AddAsync(owned, Draft("stays@example.net", "gone@xn--bcher-kva.example"));
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        var untouched = await AddAsync(owned, Draft("other@example.net"));
        await SuppressAsync(owned, "gone@bücher.example", reason);
        var due = await Store.DueAsync(owned.Claim, [], 10, Now, None);
        Assert.Equal([(both.Job.Id, "stays@example.net"), (untouched.Job.Id, "other@example.net")], due.Select(mail => (mail.Job.Id, Assert.Single(mail.Waiting).Address)));
        var failed = (await Book.FindAsync(owned.Claim.UserId, alone.Job.Id, None))!;
        Assert.Equal((JobState.Failed, 0, SendFailure.Suppressed, (DateTimeOffset?)null), (failed.State, failed.AttemptCount, failed.LastErrorCode, failed.NextRunAt));
        Assert.Equal(RecipientState.Failed, Assert.Single((await Book.RecipientsAsync(owned.Claim.UserId, alone.Job.Id, None))!).Recipient.State);
        foreach (var job in new[] { alone, both }) Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE subject = $1 AND action = 'mail.suppressed'", job.Job.Id.ToString()));

        var mail = due[0];
        Assert.Contains(mail.Job.Id, await Store.CommitAsync(owned.Claim, new OutboxCommit([], [mail.Job.Id], null, false, Now), static () => { }, None));
        await EndAsync(owned, mail, Accepted(mail));
        var partly = (await Book.FindAsync(owned.Claim.UserId, both.Job.Id, None))!;
        Assert.Equal((JobState.Failed, 1, SendFailure.SomeRefused), (partly.State, partly.AttemptCount, partly.LastErrorCode));
        Assert.Contains("gone@xn--bcher-kva.example", partly.LastErrorDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suppression_that_is_over_or_anothers_holds_nobody_up()
    {
        var (owned, other) = (await OwnedAsync(), await OwnedAsync());
        await AddAsync(owned, Draft("a@example.net"));
        await SuppressAsync(owned, "a@example.net", SuppressionReason.Manual, Now.AddMinutes(5));
        await SuppressAsync(other, "b@example.net", SuppressionReason.Manual);
        await AddAsync(owned, Draft("b@example.net"));
        database.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(2, (await Store.DueAsync(owned.Claim, [], 10, Now, None)).Count);
    }

    [Fact]
    public async Task The_same_key_is_the_same_mail_and_another_mail_under_it_is_refused()
    {
        var owned = await OwnedAsync();
        var draft = Draft("a@example.net") with { IdempotencyKey = "k", Fingerprint = [1] };
        var both = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Book.AddAsync(owned.Claim.UserId, owned.Claim.AccountId, draft, "user:x", None)));
        Assert.Single(both.Cast<SendOutcome.Done>().Select(done => done.Job.Id).Distinct());
        Assert.Single(both.Cast<SendOutcome.Done>(), done => !done.IsRepeat);
        Assert.IsType<SendOutcome.KeyReused>(await Book.AddAsync(owned.Claim.UserId, owned.Claim.AccountId, draft with { Fingerprint = [2] }, "user:x", None));
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM message WHERE account_id = $1", owned.Claim.AccountId));
    }

    [Fact]
    public async Task An_uncertain_mail_whose_copy_lies_in_Sent_is_sent()
    {
        var owned = await OwnedAsync();
        var done = await AddAsync(owned, Draft("a@example.net"));
        var mail = await TakeAsync(owned);
        await EndAsync(owned, mail, Unknown(mail));
        var nowhere = await AddAsync(owned, Draft("b@example.net"));
        var other = await TakeAsync(owned);
        await EndAsync(owned, other, Unknown(other));
        Assert.Equal(2, await Store.ReconcileAsync(owned.Claim, null, Now, None));
        await database.ExecuteAsync("""
            WITH sent AS (INSERT INTO folder (account_id, wire_name, name, special_use, selectable) VALUES ($1, 'Sent', 'Sent', 'sent', true) RETURNING id)
            INSERT INTO location (folder_id, uid_validity, uid, message_id, flags) SELECT id, 1, 1, $2, '{}' FROM sent
            """, owned.Claim.AccountId, done.EmailId);
        Assert.Equal(1, await Store.ReconcileAsync(owned.Claim, null, Now, None));
        Assert.Equal(("succeeded", "sent"), (await StateAsync(mail), await RecipientAsync(mail)));
        Assert.Equal(JobState.Uncertain, (await Book.FindAsync(owned.Claim.UserId, nowhere.Job.Id, None))!.State);
        database.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(0, await Store.ReconcileAsync(owned.Claim, Now.AddMinutes(-30), Now, None));
        Assert.Equal(nowhere.Job.Id, Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None)).Job.Id);
    }

    [Fact]
    public async Task The_copy_of_a_mail_that_is_accepted_in_two_attempts_is_asked_for_once()
    {
        var owned = await OwnedAsync();
        var done = await AddAsync(owned, Draft("a@example.net", "grey@example.net"));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var mail = await TakeAsync(owned);
            var delivery = Accepted(mail) with { Recipients = mail.Waiting.ToDictionary(r => r.Ordinal, r => Answer(r.Address, attempt)) };
            await EndAsync(owned, mail, delivery, fileCopies: true);
            Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM job WHERE task_id = $1 AND kind = 'append_sent'", done.Job.TaskId));
            database.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(JobState.Succeeded, (await Book.FindAsync(owned.Claim.UserId, done.Job.Id, None))!.State);

        static RecipientAnswer Answer(string address, int attempt) => address.StartsWith("grey", StringComparison.Ordinal) && attempt == 1
            ? new RecipientAnswer(RecipientVerdict.RefusedForNow, Lost)
            : new RecipientAnswer(RecipientVerdict.Accepted);
    }

    [Fact]
    public async Task A_person_retries_an_uncertain_mail_and_it_is_due_again()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("a@example.net"));
        var mail = await TakeAsync(owned);
        await EndAsync(owned, mail, Unknown(mail));
        var job = (await Book.FindAsync(owned.Claim.UserId, mail.Job.Id, None))!;
        var again = Assert.IsType<JobDecision.Changed>(JobPolicy.OnRetry(job, Now)).Job;
        Assert.True(await database.JobBook().ChangeAsync(job, again, Jobs.JobGiven.Line(owned.Claim.UserId, job, "job.retried"), None));
        Assert.Equal("a@example.net", Assert.Single(Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now, None)).Waiting).Address);
    }

    [Fact]
    public async Task What_is_used_of_the_limits_is_kept_for_the_next_owner()
    {
        var owned = await OwnedAsync();
        var pace = Pace.Of([new PaceLimit(TimeSpan.FromHours(1), 100)], null, Now).Take(7, Now);
        await Store.CommitAsync(owned.Claim, new OutboxCommit([], [], pace, false, Now), static () => { }, None);
        var kept = await Store.PaceAsync(owned.Claim, None);
        Assert.Equal(93, kept.Pace!.Free(Now));
        Assert.InRange(kept.At, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
    }

    [Fact]
    public async Task A_look_finds_accounts_with_due_mail_once_in_a_pause_and_no_others()
    {
        var (due, later) = (await OwnedAsync(), await OwnedAsync());
        await AddAsync(due, Draft("a@example.net"));
        await AddAsync(due, Draft("b@example.net") with { Lane = SendLane.Bulk });
        await AddAsync(later, Draft("c@example.net") with { SendAt = Now.AddDays(1) });
        var look = new DueJobs(database.Source);
        var (_, accounts) = await look.TakeAsync(1_000, TimeSpan.FromHours(1), Now, None);
        Assert.Contains(due.Claim.AccountId, accounts);
        Assert.DoesNotContain(later.Claim.AccountId, accounts);
        Assert.DoesNotContain(due.Claim.AccountId, (await look.TakeAsync(1_000, TimeSpan.FromHours(1), Now, None)).Accounts);
    }

    [Fact]
    public async Task Single_mails_come_before_bulk()
    {
        var owned = await OwnedAsync();
        var bulk = await AddAsync(owned, Draft("a@example.net") with { Lane = SendLane.Bulk });
        database.Clock.Advance(TimeSpan.FromSeconds(1));
        var single = await AddAsync(owned, Draft("b@example.net"));
        Assert.Equal([single.Job.Id, bulk.Job.Id], (await Store.DueAsync(owned.Claim, [], 10, Now, None)).Select(mail => mail.Job.Id));
        Assert.Equal([bulk.Job.Id], (await Store.DueAsync(owned.Claim, [single.Job.Id], 10, Now, None)).Select(mail => mail.Job.Id));
    }

    [Fact]
    public async Task A_small_mail_comes_with_its_content_and_a_large_one_without()
    {
        var owned = await OwnedAsync();
        var small = await AddAsync(owned, Draft("a@example.net"));
        var large = await AddAsync(owned, Draft("b@example.net") with { Text = string.Concat(Enumerable.Repeat("Hello again.\n", 10_000)) });
        var mails = await Store.DueAsync(owned.Claim, [], 10, Now, None);
        Assert.Equal(mails.Single(mail => mail.Job.Id == small.Job.Id).Size, mails.Single(mail => mail.Job.Id == small.Job.Id).Content!.Value.Length);
        Assert.Null(mails.Single(mail => mail.Job.Id == large.Job.Id).Content);
    }

    [Fact]
    public async Task What_earlier_attempts_settled_comes_with_the_mail()
    {
        var owned = await OwnedAsync();
        await AddAsync(owned, Draft("sent@example.net", "failed@example.net", "waits@example.net"));
        var mail = await TakeAsync(owned);
        Assert.Empty(mail.Settled);
        var answers = new Dictionary<int, RecipientAnswer>
        {
            [0] = new(RecipientVerdict.Accepted),
            [1] = new(RecipientVerdict.RefusedForGood, Lost),
            [2] = new(RecipientVerdict.RefusedForNow, Lost),
        };
        await EndAsync(owned, mail, new Delivery(DeliveryEnd.Accepted) { Recipients = answers });
        var again = Assert.Single(await Store.DueAsync(owned.Claim, [], 10, Now.AddHours(1), None));
        Assert.Equal(["waits@example.net"], again.Waiting.Select(recipient => recipient.Address));
        Assert.Equal([RecipientState.Failed, RecipientState.Sent], again.Settled);
    }

    private static OutgoingDraft Draft(params string[] to) => new() { To = [.. to.Select(address => new MailAddressValue(null, address))], Subject = "Hello", Text = "Hello.\n" };

    private async Task<OwnedAccount> OwnedAsync(LocalOwner? silo = null) => await database.ClaimAsync(silo ?? await database.StartSiloAsync(), await database.NewAccountAsync());

    private async Task<SendOutcome.Done> AddAsync(OwnedAccount owned, OutgoingDraft draft) =>
        Assert.IsType<SendOutcome.Done>(await Book.AddAsync(owned.Claim.UserId, owned.Claim.AccountId, draft, $"user:{owned.Claim.UserId}", None));

    private Task SuppressAsync(OwnedAccount owned, string email, SuppressionReason reason, DateTimeOffset? until = null) =>
        new SuppressionList(database.Source, database.Clock).AddAsync(owned.Claim.UserId, new Suppression(email, reason, "test", Now, until), None);

    private async Task<OutgoingMail> TakeAsync(OwnedAccount owned)
    {
        var mail = (await Store.DueAsync(owned.Claim, [], 10, Now, None))[0];
        Assert.Contains(mail.Job.Id, await Store.CommitAsync(owned.Claim, new OutboxCommit([], [mail.Job.Id], null, false, Now), static () => { }, None));
        return mail;
    }

    private Task EndAsync(OwnedAccount owned, OutgoingMail mail, Delivery delivery, bool fileCopies = false)
    {
        var attempt = SendPolicy.OnDelivery(SendPolicy.OnIntent(mail.Job, Now), mail.Waiting, mail.Settled, delivery, Now);
        return Store.CommitAsync(owned.Claim, new OutboxCommit([new MailOutcome(mail, attempt)], [], null, fileCopies, Now), static () => { }, None);
    }

    private static Delivery Accepted(OutgoingMail mail) =>
        new(DeliveryEnd.Accepted) { Recipients = mail.Waiting.ToDictionary(recipient => recipient.Ordinal, _ => new RecipientAnswer(RecipientVerdict.Accepted)) };

    private static Delivery Unknown(OutgoingMail mail) => Accepted(mail) with { End = DeliveryEnd.Unknown, Failure = Lost };

    private Task<string> StateAsync(OutgoingMail mail) => database.ScalarAsync<string>("SELECT state FROM job WHERE id = $1", mail.Job.Id);

    private Task<string> RecipientAsync(OutgoingMail mail) => database.ScalarAsync<string>("SELECT state FROM outgoing_recipient WHERE job_id = $1 AND ordinal = 0", mail.Job.Id);

    private Task<long> LinesAsync(OutgoingMail mail, string action) => database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE subject = $1 AND action = $2", mail.Job.Id.ToString(), action);
}
