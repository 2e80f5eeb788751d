using System.Collections.Concurrent;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Grains.Tests.Sending;

public sealed class OutboxWorkerTests : OutboxScenario
{
    [Fact]
    public async Task Everything_that_is_due_is_sent_and_the_session_used_on()
    {
        for (var n = 0; n < 300; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 1 });
        await SettledAsync();
        Assert.Equal(Enumerable.Range(0, 300).Select(n => $"r{n}@example.org"), Server.Sent);
        Assert.Equal(1, Server.Opened);
    }

    [Fact]
    public async Task Connections_are_as_many_as_there_is_work_for_and_no_more_than_allowed()
    {
        var (inside, open) = (0, new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            if (Interlocked.Increment(ref inside) == 3) open.SetResult();
            await open.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        for (var n = 0; n < 50; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 3 });
        await SettledAsync();
        Assert.Equal((50, 3), (Server.Sent.Distinct().Count(), Server.MostOpen));
    }

    [Fact]
    public async Task An_intent_is_committed_before_its_content_and_with_the_outcome_of_the_mail_before()
    {
        Server.Answers = (mail, _) =>
        {
            Assert.Equal(JobState.Running, Outbox.Job(mail.Job.Id).State);
            return Task.FromResult(ScriptedSmtp.Accepts(mail));
        };
        for (var n = 0; n < 3; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 1 });
        await SettledAsync();
        Assert.Equal([(0, 1), (1, 1), (1, 1), (1, 0)], Outbox.Commits.Select(commit => (commit.Outcomes.Count, commit.Intents.Count)));
    }

    [Fact]
    public async Task A_single_mail_goes_before_bulk_that_came_earlier()
    {
        var (first, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            first.TrySetResult();
            await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        for (var n = 0; n < 100; n++) Outbox.Add($"bulk{n}@example.org", SendLane.Bulk);
        var worker = Start(new SendOptions { Connections = 1 });
        await first.Task;
        Outbox.Add("single@example.org");
        worker.Wake();
        gate.SetResult();
        await SettledAsync();
        Assert.Equal(["bulk0@example.org", "single@example.org", "bulk1@example.org"], Server.Sent.Take(3));
        Assert.Equal(101, Server.Sent.Count);
    }

    [Fact]
    public async Task A_mail_that_is_cancelled_before_its_intent_is_not_sent()
    {
        var (first, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            first.TrySetResult();
            await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        Outbox.Add("a@example.org");
        var cancelled = Outbox.Add("b@example.org");
        Outbox.Add("c@example.org");
        Start(new SendOptions { Connections = 1 });
        await first.Task;
        Outbox.Cancel(cancelled);
        gate.SetResult();
        await SettledAsync();
        Assert.Equal(["a@example.org", "c@example.org"], Server.Sent);
        Assert.Equal(JobState.Cancelled, Outbox.Job(cancelled).State);
    }

    [Fact]
    public async Task Nothing_is_sent_whose_intent_the_database_does_not_take_and_all_of_it_when_it_is_back()
    {
        var (first, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            first.TrySetResult();
            await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        for (var n = 0; n < 20; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 1 });
        await first.Task;
        Outbox.IsAway = true;
        gate.SetResult();
        await PassUntilAsync("the mail that was under way is sent", TimeSpan.FromMilliseconds(100), () => Server.Sent.Count == 1);
        await PassAsync(TimeSpan.FromSeconds(30));
        Assert.Single(Server.Sent);
        Outbox.IsAway = false;
        await PassUntilAsync("everything is sent", TimeSpan.FromSeconds(1), () => Outbox.Jobs.All(job => job.State == JobState.Succeeded));
        Assert.Equal(20, Server.Sent.Count);
        Assert.Equal(20, Server.Sent.Distinct().Count());
    }

    [Fact]
    public async Task Content_waits_for_the_disk_and_the_next_transaction_does_not()
    {
        var disk = new TaskCompletionSource();
        Outbox.Disk = () => disk.Task;
        for (var n = 0; n < 20; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 4 });
        await PassUntilAsync("every connection's intent is written", TimeSpan.Zero, () => Outbox.Jobs.Count(job => job.State == JobState.Running) == 4);
        Assert.Empty(Server.Sent);
        disk.SetResult();
        await SettledAsync();
        Assert.Equal(20, Server.Sent.Distinct().Count());
    }

    [Fact]
    public async Task Nothing_is_sent_on_an_intent_that_was_lost_on_its_way_to_the_disk_and_no_outcome_is_lost_there()
    {
        var commits = 0;
        Outbox.Disk = () => Interlocked.Increment(ref commits) % 3 == 0 ? Task.FromException(new MemoryOutbox.Away()) : Task.CompletedTask;
        for (var n = 0; n < 40; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 3 });
        await PassUntilAsync("everything is sent", TimeSpan.FromSeconds(1), () => Outbox.Jobs.All(job => job.State == JobState.Succeeded));
        Assert.Equal(40, Server.Sent.Count);
        Assert.Equal(40, Server.Sent.Distinct().Count());
    }

    [Fact]
    public async Task A_session_that_died_while_idle_costs_a_mail_nothing()
    {
        Server.ClosesIdle = true;
        var (one, two) = (Outbox.Add("a@example.org"), Outbox.Add("b@example.org"));
        Start(new SendOptions { Connections = 1 });
        await SettledAsync();
        Assert.Equal((JobState.Succeeded, JobState.Succeeded, 1), (Outbox.Job(one).State, Outbox.Job(two).State, Outbox.Job(two).AttemptCount));
        Assert.Equal(2, Server.Opened);
    }

    [Fact]
    public async Task Lost_after_the_dot_is_uncertain_and_never_tried_again_by_itself()
    {
        Server.Answers = (mail, _) => Task.FromResult(ScriptedSmtp.Accepts(mail) with { End = DeliveryEnd.Unknown, Failure = new SendFailure(SendFailure.OutcomeUnknown, "lost") });
        var mail = Outbox.Add("a@example.org");
        Start();
        await PassUntilAsync("it is uncertain", TimeSpan.FromSeconds(1), () => Outbox.Job(mail).State == JobState.Uncertain);
        await PassAsync(TimeSpan.FromHours(48));
        Assert.Equal((JobState.Uncertain, 1), (Outbox.Job(mail).State, Outbox.Job(mail).AttemptCount));
    }

    [Fact]
    public async Task A_server_out_of_reach_is_asked_again_after_a_minute_and_then_less_often()
    {
        Server.Refuses = new SendFailure(SendFailure.Unreachable, "nobody there");
        var mail = Outbox.Add("a@example.org");
        var worker = Start(new SendOptions { Connections = 1 });
        await PassUntilAsync("it is deferred", TimeSpan.Zero, () => Outbox.Job(mail).State == JobState.Retrying);
        Assert.Equal(Clock.GetUtcNow().AddMinutes(1), Outbox.Job(mail).NextRunAt);
        // What comes meanwhile waits for the same moment, and who waits for it is told.
        var second = Outbox.Add("b@example.org");
        await worker.WaitAsync(second, TimeSpan.FromDays(1), CancellationToken.None);
        Assert.Equal(1, Server.Tried);
        Server.Refuses = null;
        await PassUntilAsync("both are sent", TimeSpan.FromSeconds(10), () => Outbox.Jobs.All(job => job.State == JobState.Succeeded));
        Assert.Equal(2, Server.Tried);
    }

    [Fact]
    public async Task Refused_credentials_park_the_account_until_they_are_replaced()
    {
        Server.Refuses = new SendFailure(SendFailure.AuthFailed, "no");
        var mail = Outbox.Add("a@example.org");
        var worker = Start();
        await PassUntilAsync("it is parked", TimeSpan.Zero, () => Outbox.Job(mail) is { NextRunAt: null, LastErrorCode: SendFailure.AuthFailed });
        await PassAsync(TimeSpan.FromHours(10));
        Assert.Equal((1, JobState.Queued), (Server.Tried, Outbox.Job(mail).State));
        Server.Refuses = null;
        worker.Rotate();
        await SettledAsync();
        Assert.Equal(["a@example.org"], Server.Sent);
    }

    [Fact]
    public async Task A_server_that_asks_for_less_gets_nothing_for_a_while()
    {
        var busy = true;
        Server.Answers = (mail, _) => Task.FromResult(busy
            ? new Delivery(DeliveryEnd.RefusedForNow, new SendFailure(SendFailure.Throttled, "421 too many")) { Trouble = SendTrouble.Throttled }
            : ScriptedSmtp.Accepts(mail));
        for (var n = 0; n < 10; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { Connections = 1 });
        await PassUntilAsync("the first was refused", TimeSpan.Zero, () => Outbox.Jobs.Any(job => job.State == JobState.Retrying));
        await PassAsync(TimeSpan.FromSeconds(50));
        Assert.Equal(9, Outbox.Jobs.Count(job => job is { State: JobState.Queued, AttemptCount: 0 }));
        busy = false;
        await PassUntilAsync("all are sent", TimeSpan.FromSeconds(5), () => Outbox.Jobs.All(job => job.State == JobState.Succeeded));
    }

    [Fact]
    public async Task A_limit_holds_in_every_rolling_span_and_over_owners_and_is_used_up()
    {
        var sent = new ConcurrentQueue<DateTimeOffset>();
        Server.Answers = (mail, _) =>
        {
            sent.Enqueue(Clock.GetUtcNow());
            return Task.FromResult(ScriptedSmtp.Accepts(mail));
        };
        for (var n = 0; n < 350; n++) Outbox.Add($"r{n}@example.org", SendLane.Bulk);
        var options = new SendOptions { PerHour = 100, Connections = 4 };
        var worker = Start(options);
        for (var owner = 0; owner < 8; owner++)
        {
            await PassAsync(TimeSpan.FromMinutes(23));
            await EndAsync(worker);
            worker = Start(options);
        }

        await PassUntilAsync("all are sent", TimeSpan.FromMinutes(1), () => sent.Count == 350);
        var times = sent.Order().ToList();
        for (var at = 100; at < times.Count; at++) Assert.True(times[at] - times[at - 100] >= TimeSpan.FromHours(1), $"mail {at} at {times[at]}, 100 before it {times[at - 100]}");
        Assert.True(times[^1] - times[0] < TimeSpan.FromHours(3.3), $"350 mails took {times[^1] - times[0]}");
    }

    [Fact]
    public async Task Mails_that_stay_under_way_keep_their_places_under_a_limit()
    {
        var (inside, gate) = (0, new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            Interlocked.Increment(ref inside);
            await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        for (var n = 0; n < 4; n++) Outbox.Add($"r{n}@example.org");
        Start(new SendOptions { PerMinute = 2, Connections = 4 });
        await PassUntilAsync("two are under way", TimeSpan.Zero, () => Volatile.Read(ref inside) == 2);
        await PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(2, Volatile.Read(ref inside)); // the server may take both only now
        gate.SetResult();
        await PassAsync(TimeSpan.FromSeconds(55));
        Assert.Equal(2, Volatile.Read(ref inside));
        await PassUntilAsync("the others follow", TimeSpan.FromSeconds(1), () => Server.Sent.Count == 4);
    }

    [Fact]
    public async Task An_owner_that_goes_lets_the_mail_under_way_end()
    {
        var (inside, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        Server.Answers = async (mail, _) =>
        {
            inside.TrySetResult();
            await gate.Task;
            return ScriptedSmtp.Accepts(mail);
        };
        var (one, two) = (Outbox.Add("a@example.org"), Outbox.Add("b@example.org"));
        var worker = Start(new SendOptions { Connections = 1 });
        await inside.Task;
        var ended = EndAsync(worker);
        gate.SetResult();
        await ended;
        Assert.Equal((JobState.Succeeded, JobState.Queued), (Outbox.Job(one).State, Outbox.Job(two).State));
        Assert.Equal(0, Server.StillOpen);
    }

    [Fact]
    public async Task An_owner_that_is_over_sends_nothing_more()
    {
        Outbox.Add("a@example.org");
        Outbox.IsLost = true;
        await EndAsync(Start());
        Assert.Empty(Server.Sent);
    }

    [Fact]
    public async Task A_mail_that_breaks_each_connection_holds_up_no_other()
    {
        Server.Answers = (mail, _) => Task.FromResult(mail.Waiting[0].Address.StartsWith("poison", StringComparison.Ordinal)
            ? new Delivery(DeliveryEnd.LostBefore, new SendFailure(SendFailure.Disconnected, "gone"))
            : ScriptedSmtp.Accepts(mail));
        var poison = Outbox.Add("poison@example.org");
        for (var n = 0; n < 20; n++) Outbox.Add($"r{n}@example.org");
        Start();
        // What became of it is committed beside what the other connections send, maybe after the last of them.
        await PassUntilAsync("the others are sent and it waits", TimeSpan.Zero, () => Server.Sent.Count == 20 && Outbox.Job(poison).State == JobState.Retrying);
        await PassUntilAsync("it has failed for good", TimeSpan.FromMinutes(10), () => Outbox.Job(poison).State == JobState.Failed);
    }
}
