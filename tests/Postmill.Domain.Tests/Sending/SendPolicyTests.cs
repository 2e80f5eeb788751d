using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;

namespace Postmill.Domain.Tests.Sending;

public sealed class SendPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly SendFailure Later = new(SendFailure.Deferred, "450 come back");
    private static readonly SendFailure Never = new(SendFailure.Rejected, "550 nobody of that name");
    private static readonly SendFailure Lost = new(SendFailure.Disconnected, "the connection broke");
    private static readonly RecipientAnswer Accepted = new(RecipientVerdict.Accepted);

    [Fact]
    public void Accepted_for_everybody_is_a_success()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.Accepted) { Recipients = Answers(Accepted, Accepted) });
        Assert.Equal((JobState.Succeeded, (DateTimeOffset?)Noon), (attempt.Job.State, attempt.Job.EndedAt));
        Assert.All(attempt.Changed, recipient => Assert.Equal(RecipientState.Sent, recipient.State));
    }

    [Fact]
    public void Some_refused_for_now_wait_and_the_others_are_never_named_again()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.Accepted) { Recipients = Answers(Accepted, new RecipientAnswer(RecipientVerdict.RefusedForNow, Later)) });
        Assert.Equal((JobState.Retrying, Noon.AddMinutes(1)), (attempt.Job.State, attempt.Job.NextRunAt));
        Assert.Equal([RecipientState.Sent, RecipientState.Waiting], attempt.Changed.Select(recipient => recipient.State));
        Assert.Equal(SendFailure.Deferred, attempt.Changed[1].Code);
    }

    [Fact]
    public void Some_refused_for_good_fail_alone_and_the_job_says_so()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.Accepted) { Recipients = Answers(Accepted, new RecipientAnswer(RecipientVerdict.RefusedForGood, Never)) });
        Assert.Equal((JobState.Failed, SendFailure.SomeRefused), (attempt.Job.State, attempt.Job.LastErrorCode));
        Assert.Equal([RecipientState.Sent, RecipientState.Failed], attempt.Changed.Select(recipient => recipient.State));
    }

    [Fact]
    public void No_reply_after_the_dot_leaves_the_named_ones_uncertain_and_no_time_to_try_again()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.Unknown, Lost) { Recipients = Answers(Accepted, new RecipientAnswer(RecipientVerdict.RefusedForGood, Never)) });
        Assert.Equal((JobState.Uncertain, (DateTimeOffset?)null), (attempt.Job.State, attempt.Job.NextRunAt));
        Assert.Equal([RecipientState.Uncertain, RecipientState.Failed], attempt.Changed.Select(recipient => recipient.State));
    }

    [Fact]
    public void Who_was_refused_for_now_is_tried_on_beside_an_uncertain_one()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.Unknown, Lost) { Recipients = Answers(Accepted, new RecipientAnswer(RecipientVerdict.RefusedForNow, Later)) });
        Assert.Equal(JobState.Retrying, attempt.Job.State);
        Assert.Equal([RecipientState.Uncertain, RecipientState.Waiting], attempt.Changed.Select(recipient => recipient.State));
        var left = attempt.Changed.Where(recipient => recipient.State == RecipientState.Waiting).ToList();
        var next = SendPolicy.OnDelivery(SendPolicy.OnIntent(attempt.Job, Noon), left, [RecipientState.Uncertain], new Delivery(DeliveryEnd.Accepted) { Recipients = new Dictionary<int, RecipientAnswer> { [1] = Accepted } }, Noon);
        Assert.Equal([RecipientState.Sent], next.Changed.Select(recipient => recipient.State));
        Assert.Equal(JobState.Uncertain, next.Job.State);
    }

    [Fact]
    public void Who_was_refused_in_an_earlier_attempt_is_not_forgotten()
    {
        var last = new[] { new OutgoingRecipient(2, "r2@example.org", RecipientState.Waiting) };
        var attempt = SendPolicy.OnDelivery(Running(2), last, [RecipientState.Sent, RecipientState.Failed], new Delivery(DeliveryEnd.Accepted) { Recipients = new Dictionary<int, RecipientAnswer> { [2] = Accepted } }, Noon);
        Assert.Equal((JobState.Failed, SendFailure.SomeRefused), (attempt.Job.State, attempt.Job.LastErrorCode));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(3, 15)]
    [InlineData(4, 30)]
    [InlineData(9, 480)]
    public void Each_attempt_waits_longer_than_the_one_before(int attempt, int minutes) =>
        Assert.Equal(Noon.AddMinutes(minutes), On(Running(attempt), 1, new Delivery(DeliveryEnd.LostBefore, Lost)).Job.NextRunAt);

    [Fact]
    public void The_last_attempt_fails_for_good_and_a_day_has_passed_until_then()
    {
        var attempt = On(Running(SendPolicy.MostAttempts), 1, new Delivery(DeliveryEnd.RefusedForNow, Later));
        Assert.Equal((JobState.Failed, RecipientState.Failed), (attempt.Job.State, attempt.Changed[0].State));
        Assert.InRange(SendPolicy.Waits.Aggregate(TimeSpan.Zero, (all, wait) => all + wait), TimeSpan.FromHours(20), TimeSpan.FromHours(24));
    }

    [Fact]
    public void Refused_for_good_as_a_whole_fails_everybody_at_once()
    {
        var attempt = On(Running(), 2, new Delivery(DeliveryEnd.RefusedForGood, Never) { Recipients = Answers(Accepted, Accepted) });
        Assert.Equal(JobState.Failed, attempt.Job.State);
        Assert.All(attempt.Changed, recipient => Assert.Equal((RecipientState.Failed, SendFailure.Rejected), (recipient.State, recipient.Code)));
    }

    [Fact]
    public void What_was_taken_back_is_due_at_once_and_does_not_count()
    {
        var job = Running() with { State = JobState.Queued, AttemptCount = 0 };
        var attempt = SendPolicy.OnTakenBack(job, Noon);
        Assert.Equal((JobState.Queued, 0, (DateTimeOffset?)Noon), (attempt.Job.State, attempt.Job.AttemptCount, attempt.Job.NextRunAt));
        Assert.Empty(attempt.Changed);
    }

    [Fact]
    public void Sending_a_task_again_is_refused_whatever_became_of_it() =>
        Assert.Equal(JobRefusal.TaskNotRepeatable, JobPolicy.OnTrigger(JobKinds.SendMessage, JobState.Failed)?.Code);

    [Theory]
    [InlineData("smtp.gmail.com", true)]
    [InlineData("smtp.office365.com.", true)]
    [InlineData("notgmail.com", false)]
    [InlineData("mail.example.org", false)]
    public void Providers_that_file_sent_mail_themselves_are_known_by_their_host(string host, bool files) => Assert.Equal(files, SentCopies.AreFiledBy(host));

    [Fact]
    public void Sending_stands_still_longer_each_time_in_a_row()
    {
        var pause = SendPause.After(null, Lost, Noon);
        Assert.Equal(Noon.AddMinutes(1), pause.Until);
        pause = SendPause.After(SendPause.After(pause, Lost, Noon), Lost, Noon);
        Assert.Equal(Noon.AddMinutes(15), pause.Until);
        Assert.False(pause.NeedsPerson);
        Assert.True(SendPause.After(null, new SendFailure(SendFailure.AuthFailed, "no"), Noon).NeedsPerson);
    }

    private static Attempt On(Job job, int recipients, Delivery delivery) => SendPolicy.OnDelivery(
        job, [.. Enumerable.Range(0, recipients).Select(n => new OutgoingRecipient(n, $"r{n}@example.org", RecipientState.Waiting))], [], delivery, Noon);

    private static Dictionary<int, RecipientAnswer> Answers(params RecipientAnswer[] answers) => answers.Index().ToDictionary(answer => answer.Index, answer => answer.Item);

    private static Job Running(int attempts = 1) => new()
    {
        Id = Guid.NewGuid(),
        TaskId = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Kind = JobKinds.SendMessage,
        Cause = JobCause.User,
        State = JobState.Running,
        AttemptCount = attempts,
        MaxAttempts = SendPolicy.MostAttempts,
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };
}
