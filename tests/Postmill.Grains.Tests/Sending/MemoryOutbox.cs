using System.Data.Common;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sending;

namespace Postmill.Grains.Tests.Sending;

/// <summary>An outbox in memory that keeps to the port's contract, and can be away.</summary>
internal sealed class MemoryOutbox(TimeProvider time) : IOutbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Row> _rows = [];

    public bool IsAway { get; set; }

    public bool IsLost { get; set; }

    /// <summary>What a commit waits for after its transaction is over.</summary>
    public Func<Task> Disk { get; set; } = static () => Task.CompletedTask;

    public Pace? Pace { get; private set; }

    public List<OutboxCommit> Commits { get; } = [];

    public int Unparked { get; private set; }

    public Guid Add(string address, SendLane lane = SendLane.Single, DateTimeOffset? at = null)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var job = new Job
        {
            Id = id,
            TaskId = id,
            AccountId = id,
            Kind = JobKinds.SendMessage,
            Cause = JobCause.User,
            State = JobState.Queued,
            MaxAttempts = SendPolicy.MostAttempts,
            NextRunAt = at ?? now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        lock (_gate) _rows.Add(id, new Row(job, lane, [new OutgoingRecipient(0, address, RecipientState.Waiting)], _rows.Count));
        return id;
    }

    public Job Job(Guid id)
    {
        lock (_gate) return _rows[id].Job;
    }

    public IReadOnlyList<Job> Jobs
    {
        get { lock (_gate) return [.. _rows.Values.Select(row => row.Job)]; }
    }

    public void Cancel(Guid id)
    {
        lock (_gate) _rows[id] = _rows[id] with { Job = _rows[id].Job with { State = JobState.Cancelled } };
    }

    public Task<IReadOnlyList<OutgoingMail>> DueAsync(Claim claim, IReadOnlyCollection<Guid> except, int most, DateTimeOffset now, CancellationToken cancellationToken) => Do<IReadOnlyList<OutgoingMail>>(() =>
    [
        .. Waiting(except).Where(row => row.Job.NextRunAt <= now).OrderBy(row => row.Lane).ThenBy(row => row.Job.NextRunAt).ThenBy(row => row.Order).Take(most).Select(row =>
            new OutgoingMail(row.Job, row.Lane, row.Job.Id, $"{row.Job.Id:N}@example.org", "me@example.org", false, row.Recipients, 10, new byte[10])),
    ]);

    public Task<DateTimeOffset?> NextAtAsync(Claim claim, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken) => Do(() => Waiting(except).Min(row => row.Job.NextRunAt));

    public AccountLimits Limits { get; set; } = AccountLimits.None;

    public Task<AccountLimits> LimitsAsync(Claim claim, CancellationToken cancellationToken) => Do(() => Limits);

    public Task<KeptPace> PaceAsync(Claim claim, CancellationToken cancellationToken) => Do(() => new KeptPace(Pace, time.GetUtcNow()));

    public async Task<IReadOnlySet<Guid>> CommitAsync(Claim claim, OutboxCommit commit, Action written, CancellationToken cancellationToken)
    {
        var granted = await Do(() => Commit(commit));
        written();
        await Disk();
        return granted;
    }

    public Task DeferAsync(Claim claim, SendPause pause, int most, bool counts, DateTimeOffset now, CancellationToken cancellationToken) => Do(() =>
    {
        DateTimeOffset? until = pause.NeedsPerson ? null : pause.Until;
        foreach (var row in Waiting([]).Where(row => row.Job.NextRunAt <= now).OrderBy(row => row.Lane).ThenByDescending(row => row.Job.NextRunAt).Take(most).ToList())
        {
            var job = row.Job with { LastErrorCode = pause.Failure.Code, LastErrorDetail = pause.Failure.Text, NextRunAt = until };
            if (counts) job = job with { State = JobState.Retrying, AttemptCount = job.AttemptCount + 1, NextRunAt = Later(now + SendPolicy.Waits[job.AttemptCount], pause.Until) };
            _rows[job.Id] = row with { Job = job };
        }

        return true;

        static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
    });

    public Task UnparkAsync(Claim claim, DateTimeOffset? pausedUntil, DateTimeOffset now, CancellationToken cancellationToken) => Do(() =>
    {
        foreach (var row in Waiting([]).Where(row => row.Job.NextRunAt is null || row.Job.NextRunAt == pausedUntil).ToList()) _rows[row.Job.Id] = row with { Job = row.Job with { NextRunAt = now } };
        return ++Unparked;
    });

    /// <summary>What a person's retry writes.</summary>
    public void Retry(Guid id)
    {
        lock (_gate) _rows[id] = _rows[id] with { Job = ((JobDecision.Changed)JobPolicy.OnRetry(_rows[id].Job, time.GetUtcNow())).Job };
    }

    public Task<int> ReconcileAsync(Claim claim, DateTimeOffset? repeatBefore, DateTimeOffset now, CancellationToken cancellationToken) =>
        Do(() => _rows.Values.Count(row => row.Job.State == JobState.Uncertain));

    public Task<bool> IsSettledAsync(Claim claim, Guid jobId, DateTimeOffset now, CancellationToken cancellationToken) => Do(() =>
        _rows[jobId].Job.State != JobState.Running && !(_rows[jobId].Job.State is JobState.Queued or JobState.Retrying && _rows[jobId].Job.NextRunAt <= now));

    private IEnumerable<Row> Waiting(IReadOnlyCollection<Guid> except) => _rows.Values.Where(row => row.Job.State is JobState.Queued or JobState.Retrying && !except.Contains(row.Job.Id));

    private IReadOnlySet<Guid> Commit(OutboxCommit commit)
    {
        Commits.Add(commit);
        foreach (var outcome in commit.Outcomes)
        {
            var row = _rows[outcome.Mail.Job.Id];
            if (row.Job.State != JobState.Running) continue;
            var recipients = row.Recipients.Select(recipient => outcome.Attempt.Changed.FirstOrDefault(changed => changed.Ordinal == recipient.Ordinal) ?? recipient).ToList();
            _rows[row.Job.Id] = row with { Job = outcome.Attempt.Job, Recipients = recipients };
        }

        Pace = commit.Pace ?? Pace;
        var granted = commit.Intents.Where(id => _rows[id].Job.State is JobState.Queued or JobState.Retrying).ToHashSet();
        foreach (var id in granted) _rows[id] = _rows[id] with { Job = SendPolicy.OnIntent(_rows[id].Job, commit.At) };
        return granted;
    }

    private Task<T> Do<T>(Func<T> act)
    {
        lock (_gate)
        {
            if (IsAway) return Task.FromException<T>(new Away());
            return IsLost ? Task.FromException<T>(new OwnershipLostException(Sync.Given.Account.Claim)) : Task.FromResult(act());
        }
    }

    private sealed record Row(Job Job, SendLane Lane, IReadOnlyList<OutgoingRecipient> Recipients, int Order);

    public sealed class Away() : DbException("the database is away");
}
