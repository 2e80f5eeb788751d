using Postmill.Domain.Sync;

namespace Postmill.Domain.Tests.Sync;

public sealed class SyncPolicyTests
{
    private static readonly SyncCadence Cadence = new();
    private static readonly DateTimeOffset Noon = new(2026, 6, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly SyncFailure Failure = new(SyncFailure.Unreachable, "nobody there");

    [Fact]
    public void A_post_starts_a_run_and_opens_the_window()
    {
        var started = Start(Healthy(), SyncCause.Post, Noon);
        Assert.Equal(Noon, started.RunStartedAt);
        Assert.Equal(Noon, started.WindowStart);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(29.999, true)]
    [InlineData(30, false)]
    public void The_window_is_half_open_from_the_start_of_the_last_post_caused_run(double seconds, bool throttled)
    {
        var state = Ended(Start(Healthy(), SyncCause.Post, Noon), Noon);
        var decision = SyncPolicy.OnTrigger(state, SyncCause.Post, Noon.AddSeconds(seconds), Cadence);
        Assert.Equal(throttled, decision is SyncDecision.Throttled);
    }

    [Fact]
    public void A_throttled_post_does_not_extend_the_window()
    {
        var state = Ended(Start(Healthy(), SyncCause.Post, Noon), Noon);
        Assert.IsType<SyncDecision.Throttled>(SyncPolicy.OnTrigger(state, SyncCause.Post, Noon.AddSeconds(29), Cadence));
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(state, SyncCause.Post, Noon.AddSeconds(31), Cadence));
    }

    [Fact]
    public void A_task_runs_inside_the_window_opens_none_and_does_not_climb()
    {
        var inside = Ended(Start(Healthy(), SyncCause.Post, Noon), Noon);
        var started = Start(inside, SyncCause.Task, Noon.AddSeconds(1));
        Assert.Equal(Noon, started.WindowStart);
        var failed = SyncPolicy.OnFailed(started, SyncCause.Task, Failure, Noon.AddSeconds(2), Cadence);
        Assert.Equal((0, Failure), (failed.FailedRuns, failed.LastFailure));
        Assert.Equal(inside with { RunStartedAt = null }, SyncPolicy.OnAside(started));
    }

    [Fact]
    public void A_timer_run_does_not_open_the_window()
    {
        var state = Ended(Start(Healthy() with { NextSyncAt = Noon }, SyncCause.Timer, Noon), Noon);
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(state, SyncCause.Post, Noon.AddSeconds(1), Cadence));
    }

    [Fact]
    public void A_clock_set_back_does_not_throttle_until_it_catches_up()
    {
        var state = Ended(Start(Healthy(), SyncCause.Post, Noon), Noon);
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(state, SyncCause.Post, Noon.AddHours(-1), Cadence));
    }

    [Theory]
    [InlineData(SyncCause.Post)]
    [InlineData(SyncCause.Timer)]
    [InlineData(SyncCause.Adopted)]
    public void Any_trigger_joins_a_run_that_is_going(SyncCause cause)
    {
        var running = Start(Healthy(), SyncCause.Post, Noon);
        Assert.IsType<SyncDecision.Join>(SyncPolicy.OnTrigger(running, cause, Noon.AddSeconds(40), Cadence));
    }

    [Fact]
    public void The_next_run_is_due_five_minutes_after_the_start_of_the_last()
    {
        var started = Start(Healthy() with { NextSyncAt = Noon }, SyncCause.Timer, Noon);
        var ended = SyncPolicy.OnSucceeded(started, 3, 3, Noon.AddSeconds(20), Cadence);
        Assert.Equal(Noon.AddMinutes(5), ended.NextSyncAt);
        Assert.IsType<SyncDecision.NotDue>(SyncPolicy.OnTrigger(ended, SyncCause.Timer, Noon.AddMinutes(5).AddTicks(-1), Cadence));
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(ended, SyncCause.Timer, Noon.AddMinutes(5), Cadence));
    }

    [Fact]
    public void A_run_that_waited_for_its_turn_counts_its_five_minutes_from_there()
    {
        var started = Start(Healthy() with { NextSyncAt = Noon }, SyncCause.Timer, Noon);
        var turned = SyncPolicy.OnTurn(started, Noon.AddSeconds(40));
        Assert.Equal(Noon.AddSeconds(340), SyncPolicy.OnSucceeded(turned, 0, 0, Noon.AddSeconds(41), Cadence).NextSyncAt);
        Assert.Equal(started, SyncPolicy.OnTurn(started, null));
        Assert.Equal(started, SyncPolicy.OnTurn(started, Noon.AddSeconds(-1))); // a clock set back moves nothing
    }

    [Fact]
    public void A_run_longer_than_the_interval_is_followed_at_once_but_not_by_all_it_missed()
    {
        var started = Start(Healthy() with { NextSyncAt = Noon }, SyncCause.Timer, Noon);
        var ended = SyncPolicy.OnSucceeded(started, 0, 0, Noon.AddMinutes(17), Cadence);
        Assert.Equal(Noon.AddMinutes(17), ended.NextSyncAt);
    }

    [Fact]
    public void Failures_climb_1_5_15_minutes_and_then_a_person_must_look()
    {
        var state = Healthy() with { NextSyncAt = Noon };
        var now = Noon;
        foreach (var wait in new[] { 1, 5, 15 })
        {
            state = SyncPolicy.OnFailed(Start(state, SyncCause.Timer, now), SyncCause.Timer, Failure, now, Cadence);
            Assert.Equal(now.AddMinutes(wait), state.NextSyncAt);
            Assert.False(state.NeedsPerson(Cadence));
            now = state.NextSyncAt!.Value;
        }

        state = SyncPolicy.OnFailed(Start(state, SyncCause.Timer, now), SyncCause.Timer, Failure, now, Cadence);
        Assert.Null(state.NextSyncAt);
        Assert.True(state.NeedsPerson(Cadence));
        Assert.True(SyncTrouble.Of(state)!.NeedsPerson);
        Assert.IsType<SyncDecision.NotDue>(SyncPolicy.OnTrigger(state, SyncCause.Timer, now.AddYears(1), Cadence));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_posts_failure_leaves_rung_and_next_retry_where_they_were(int rung)
    {
        var due = Noon.AddMinutes(10);
        var state = Healthy() with { FailedRuns = rung, NextSyncAt = due };
        var failed = SyncPolicy.OnFailed(Start(state, SyncCause.Post, Noon), SyncCause.Post, Failure, Noon.AddSeconds(5), Cadence);
        Assert.Equal(rung, failed.FailedRuns);
        Assert.Equal(due, failed.NextSyncAt);
        Assert.Equal(Failure, failed.LastFailure);
    }

    [Fact]
    public void A_post_tries_although_a_person_must_look_and_its_success_clears_the_mark()
    {
        var stuck = Healthy() with { FailedRuns = 4, NextSyncAt = null, LastFailure = Failure };
        var started = Start(stuck, SyncCause.Post, Noon);
        var failed = SyncPolicy.OnFailed(started, SyncCause.Post, Failure, Noon, Cadence);
        Assert.Null(failed.NextSyncAt);
        Assert.True(failed.NeedsPerson(Cadence));
        var healed = SyncPolicy.OnSucceeded(started, 0, 0, Noon, Cadence);
        Assert.Equal(0, healed.FailedRuns);
        Assert.Null(healed.LastFailure);
        Assert.Equal(Noon.AddMinutes(5), healed.NextSyncAt);
    }

    [Fact]
    public void A_new_owner_catches_up_at_once_but_keeps_to_the_ladder()
    {
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(Healthy() with { NextSyncAt = Noon.AddMinutes(4) }, SyncCause.Adopted, Noon, Cadence));
        var onRung = Healthy() with { FailedRuns = 2, NextSyncAt = Noon.AddMinutes(4) };
        Assert.IsType<SyncDecision.NotDue>(SyncPolicy.OnTrigger(onRung, SyncCause.Adopted, Noon, Cadence));
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(onRung, SyncCause.Adopted, Noon.AddMinutes(4), Cadence));
    }

    [Fact]
    public void An_abandoned_run_counts_nothing_and_is_due_at_once()
    {
        var running = Start(Healthy() with { FailedRuns = 1, NextSyncAt = Noon }, SyncCause.Timer, Noon);
        var abandoned = SyncPolicy.OnAbandoned(running, Noon.AddSeconds(3));
        Assert.Equal(1, abandoned.FailedRuns);
        Assert.Null(abandoned.RunStartedAt);
        Assert.Equal(Noon.AddSeconds(3), abandoned.NextSyncAt);
    }

    [Fact]
    public void New_messages_count_from_the_result_that_was_handed_out()
    {
        var ended = SyncPolicy.OnSucceeded(Start(Healthy(), SyncCause.Post, Noon), 4, storedTotal: 10, Noon, Cadence);
        Assert.Equal(10, SyncStatus.NewMessageCount(ended));
        var handed = SyncPolicy.OnHanded(ended);
        Assert.Equal(0, SyncStatus.NewMessageCount(handed));
        Assert.Equal(3, SyncStatus.NewMessageCount(handed with { StoredTotal = 13 }));
        Assert.Equal(3, SyncStatus.NewMessageCount(SyncPolicy.OnHanded(handed with { StoredTotal = 13 })));
    }

    [Fact]
    public void The_two_vocabularies_agree_on_every_phase()
    {
        AssertWords(new SyncState { NextSyncAt = Noon }, "syncing", "pending");
        AssertWords(Start(new SyncState(), SyncCause.Connected, Noon), "syncing", "syncing");
        AssertWords(Healthy(), "idle", "synced");
        AssertWords(Healthy() with { LastFailure = Failure, FailedRuns = 1 }, "failed", "error");
        AssertWords(Healthy() with { LastFailure = Failure, FailedRuns = 4, NextSyncAt = null }, "failed", "error");
        AssertWords(Healthy() with { LastFailure = Failure, RunStartedAt = Noon }, "syncing", "syncing");
    }

    private static void AssertWords(SyncState state, string live, string listed)
    {
        Assert.Equal(live, SyncStatus.Live(state));
        Assert.Equal(listed, SyncStatus.Listed(state));
    }

    private static SyncState Healthy() => new()
    {
        NextSyncAt = Noon.AddMinutes(5),
        FirstSyncedAt = Noon.AddDays(-1),
        LastSuccessAt = Noon.AddMinutes(-1),
        LastResult = new SyncResult(0, Noon.AddMinutes(-1), 0),
    };

    private static SyncState Start(SyncState state, SyncCause cause, DateTimeOffset now) =>
        Assert.IsType<SyncDecision.Start>(SyncPolicy.OnTrigger(state, cause, now, Cadence)).State;

    private static SyncState Ended(SyncState running, DateTimeOffset now) => SyncPolicy.OnSucceeded(running, 0, 0, now, Cadence);
}
