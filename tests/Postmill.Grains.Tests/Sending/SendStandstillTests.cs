using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Grains.Tests.Sending;

/// <summary>Sending stands still, and somebody does not want to wait.</summary>
public sealed class SendStandstillTests : OutboxScenario
{
    private static readonly SendFailure Dead = new(SendFailure.Unreachable, "nobody there");
    private static readonly SendFailure Refused = new(SendFailure.AuthFailed, "535 no");

    [Fact]
    public async Task A_person_who_retries_gets_an_attempt_at_once_and_the_server_that_is_back_gets_the_others_too()
    {
        var (worker, first) = await PausedAsync(Dead, pauses: 3);
        var (second, retried) = (Outbox.Add("b@example.org"), Outbox.Add("c@example.org"));
        await HeldAsync(worker, second, retried);
        var before = Clock.GetUtcNow();
        Server.Refuses = null;
        Outbox.Retry(retried);
        worker.Hurry();
        await PassUntilAsync("all are sent", TimeSpan.Zero, () => Server.Sent.Count == 3);
        Assert.Equal("c@example.org", Server.Sent.First());
        Assert.Equal(before, Clock.GetUtcNow());
        Assert.Equal((1, 4), (Outbox.Job(second).AttemptCount, Outbox.Job(first).AttemptCount));
    }

    [Fact]
    public async Task A_retry_while_the_server_is_still_away_is_one_attempt_and_lengthens_nothing()
    {
        var (worker, first) = await PausedAsync(Dead, pauses: 2);
        var until = Outbox.Job(first).NextRunAt;
        var held = Outbox.Add("b@example.org");
        await HeldAsync(worker, held);
        for (var retry = 1; retry <= 3; retry++)
        {
            var tried = Server.Tried;
            Outbox.Retry(first);
            worker.Hurry();
            await PassUntilAsync("it was tried and is deferred", TimeSpan.Zero, () => Outbox.Job(first) is { State: JobState.Retrying } job && job.AttemptCount == 2 + retry);
            Assert.Equal(tried + 1, Server.Tried);
            Assert.Equal((0, until), (Outbox.Job(held).AttemptCount, Outbox.Job(held).NextRunAt));
        }

        Server.Refuses = null;
        await PassUntilAsync("the end of the pause has come", TimeSpan.FromSeconds(10), () => Server.Sent.Contains("b@example.org"));
        Assert.InRange(Clock.GetUtcNow(), until!.Value, until.Value.AddSeconds(20));
    }

    [Fact]
    public async Task Signals_that_nobody_sent_by_hand_lift_nothing()
    {
        var (worker, first) = await PausedAsync(Dead, pauses: 3);
        var (tried, until) = (Server.Tried, Outbox.Job(first).NextRunAt!.Value);
        Server.Refuses = null;
        while (Clock.GetUtcNow() + TimeSpan.FromSeconds(30) < until)
        {
            worker.Wake();
            worker.Synced();
            await HeldAsync(worker, Outbox.Add("b@example.org"));
            Clock.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(tried, Server.Tried);
    }

    [Fact]
    public async Task Where_the_password_was_refused_a_retry_is_one_login_and_the_others_stay_parked()
    {
        Server.Refuses = Refused;
        var mails = Enumerable.Range(0, 20).Select(n => Outbox.Add($"r{n}@example.org")).ToList();
        var worker = Start();
        await PassUntilAsync("they are parked", TimeSpan.Zero, () => Outbox.Jobs.All(job => job.NextRunAt is null));
        Assert.Equal(1, Server.Tried);
        Outbox.Retry(mails[7]);
        worker.Hurry();
        await PassUntilAsync("it was tried", TimeSpan.Zero, () => Server.Tried == 2 && Outbox.Job(mails[7]).NextRunAt is null);
        await PassAsync(TimeSpan.FromHours(5));
        Assert.Equal(2, Server.Tried);
        Assert.All(Outbox.Jobs, job => Assert.Equal((JobState.Queued, 0), (job.State, job.AttemptCount)));
        Server.Refuses = null;
        Outbox.Retry(mails[7]);
        worker.Hurry();
        await SettledAsync();
        Assert.Equal((20, "r7@example.org"), (Server.Sent.Count, Server.Sent.First()));
    }

    [Fact]
    public async Task What_an_owner_before_parked_goes_out_as_soon_as_the_server_takes_a_mail()
    {
        var (worker, parked) = await PausedAsync(Refused, pauses: 1);
        await EndAsync(worker);
        Server.Refuses = null;
        worker = Start(waits: true);
        await PassAsync(TimeSpan.FromHours(3));
        Assert.Empty(Server.Sent);
        Outbox.Add("new@example.org");
        worker.Wake();
        await SettledAsync();
        Assert.Equal(JobState.Succeeded, Outbox.Job(parked).State);
    }

    [Fact]
    public async Task New_credentials_that_come_while_the_old_ones_are_refused_are_not_overlooked()
    {
        var (trying, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Opens = async () =>
        {
            trying.TrySetResult();
            await gate.Task;
        };
        Server.Refuses = Refused;
        Outbox.Add("a@example.org");
        var worker = Start();
        await trying.Task;
        worker.Rotate();
        Server.Accepts(after: 1);
        gate.SetResult();
        await SettledAsync();
        Assert.Equal((2, 1), (Server.Tried, Server.Sent.Count));
    }

    [Theory]
    [InlineData(SendFailure.Unreachable, false)]
    [InlineData(SendFailure.Throttled, false)]
    [InlineData(SendFailure.AuthFailed, true)]
    public async Task What_is_handed_in_meanwhile_says_why_it_waits_and_until_when_and_counts_no_attempt(string code, bool parks)
    {
        var (worker, _) = await PausedAsync(new SendFailure(code, "the server's words"), pauses: 2);
        var mail = Outbox.Add("b@example.org");
        await HeldAsync(worker, mail);
        var job = Outbox.Job(mail);
        Assert.Equal((JobState.Queued, 0, code, "the server's words"), (job.State, job.AttemptCount, job.LastErrorCode, job.LastErrorDetail));
        if (parks) Assert.Null(job.NextRunAt);
        else Assert.InRange(job.NextRunAt!.Value, Clock.GetUtcNow().AddMinutes(4), Clock.GetUtcNow().AddMinutes(5));
        Server.Refuses = null;
        if (parks) worker.Rotate();
        await PassUntilAsync("all are sent", TimeSpan.FromSeconds(20), () => Server.Sent.Count == 2);
    }

    /// <summary>The server failed so often in a row, and stands as it stood last.</summary>
    private async Task<(OutboxWorker Worker, Guid Mail)> PausedAsync(SendFailure failure, int pauses)
    {
        Server.Refuses = failure;
        var mail = Outbox.Add("a@example.org");
        var worker = Start();
        await PassUntilAsync("the last pause began", TimeSpan.FromSeconds(1), () => Server.Tried == pauses || (failure.Code == SendFailure.AuthFailed && Server.Tried == 1));
        await PassUntilAsync("the mail knows of it", TimeSpan.Zero, () => Outbox.Job(mail).LastErrorCode == failure.Code && !(Outbox.Job(mail).NextRunAt <= Clock.GetUtcNow()));
        return (worker, mail);
    }

    /// <summary>Whoever waits for one of them hears of it at once.</summary>
    private static async Task HeldAsync(OutboxWorker worker, params Guid[] mails)
    {
        foreach (var mail in mails) await worker.WaitAsync(mail, TimeSpan.FromDays(1), CancellationToken.None);
    }
}
