using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Jobs;
using Postmill.Grains.Placement;
using Postmill.Grains.Sending;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Accounts;

/// <summary>
/// The owner of one connected mailbox. It decides by <see cref="SyncPolicy"/>, saves, and lets its <see cref="MailboxWorker"/> act; the worker's reports come back
/// as turns of their own. It stays active while the account is connected: the worker holds the mail connection.
/// </summary>
[GrainType(AccountGrains.GrainType), RendezvousPlacement, KeepAlive]
[SuppressMessage("Design", "CA1001", Justification = "The worker ends in OnDeactivateAsync, as a grain's resources do.")]
internal sealed class AccountGrain : Grain, IAccountGrain, IAccountRuns
{
    private readonly SyncPorts _ports;
    private readonly SendPorts _sending;
    private readonly LocalGrains _local;
    private readonly ILoggerFactory _loggers;
    private readonly IJobStore _jobStore;
    private readonly JobOptions _jobOptions;
    private readonly SyncCadence _cadence;
    private OwnedAccount? _account;
    private SyncState _state = new();
    private AccountJobs? _jobs;
    private MailboxWorker? _worker;
    private OutboxWorker? _outbox;
    private IGrainTimer? _timer;
    private Run? _run;
    private RunReport? _lastReport;

    public AccountGrain(IJobStore jobs, JobOptions jobOptions, SyncPorts ports, SendPorts sending, LocalGrains local, ILoggerFactory loggers)
    {
        _jobStore = jobs;
        _jobOptions = jobOptions;
        _ports = ports;
        _sending = sending;
        _local = local;
        _loggers = loggers;
        _cadence = ports.Options.Cadence;
    }

    /// <summary>
    /// An account that cannot be had just now does not fail the activation, which Orleans would keep for seconds and refuse calls with: the call that brought it here tries again, and says so.
    /// </summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _local.Add(GrainContext);
        try
        {
            await AdoptAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is OwnershipHeldException or DbException)
        {
            return;
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _local.Remove(GrainContext);
        await EndWorkersAsync();
        if (_account is null) return;
        if (_run is not null) _state = SyncPolicy.OnAbandoned(_state, _ports.Time.GetUtcNow());
        _run?.Ended.TrySetResult(new RunReport(_run.Id, null, null));
        await _ports.Accounts.ReleaseAsync(_account.Claim, _state, cancellationToken);
    }

    public async Task<SyncReply> RequestSync()
    {
        if (_account is null) return NotThere();
        var run = await TriggerAsync(SyncCause.Post);
        if (_account is null) return NotThere();
        if (run is not null) return new SyncReply(true, run.Id, null);
        await SaveAsync(SyncPolicy.OnHanded(_state), Durability.OnDisk, null);
        return new SyncReply(true, null, _state.LastResult);
    }

    public async Task<RunReport?> WaitForRun(Guid runId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (_lastReport?.RunId == runId) return _lastReport;
        if (_run?.Id != runId) return new RunReport(runId, null, null);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _local.Leaving);
        try
        {
            return await _run.Ended.Task.WaitAsync(atMost, _ports.Time, either.Token);
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException) when (_local.Leaving.IsCancellationRequested)
        {
            return new RunReport(runId, null, null);
        }
    }

    public async Task Wake(WakeReason reason)
    {
        if (_account is null)
        {
            await AdoptAnewAsync();
            return;
        }

        if (reason is WakeReason.Rotated or WakeReason.Proven) _outbox?.Rotate();
        if (reason == WakeReason.Limited && _outbox is { } outbox) await outbox.RelimitAsync();
        if (reason is WakeReason.Proven or WakeReason.Limited) return;
        if (reason == WakeReason.Rotated) _worker?.Rotate();
        await TriggerAsync(reason == WakeReason.Swept ? SyncCause.Timer : SyncCause.Connected);
    }

    public async Task JobsDue()
    {
        await MailDue();
        _worker?.ActsDue();
        await RunDueJobsAsync();
    }

    public async Task MailDue()
    {
        if (_account is null) await AdoptAnewAsync();
        _outbox?.Wake();
    }

    public async Task MailAsked()
    {
        if (_account is null) await AdoptAnewAsync();
        _outbox?.Hurry();
    }

    public async Task WaitForMail(Guid jobId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (_outbox is not { } outbox) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _local.Leaving);
        try
        {
            await outbox.WaitAsync(jobId, atMost, either.Token);
        }
        catch (OperationCanceledException) when (_local.Leaving.IsCancellationRequested)
        {
            return; // the row says what is known
        }
    }

    public async Task<bool> CancelJob(Guid jobId)
    {
        if (_account is null || _run is not { } run || _jobs?.Find(jobId) is not { } job) return false;
        if (JobPolicy.OnCancel(job, _ports.Time.GetUtcNow()) is not JobDecision.Changed cancelled) return false;
        await GuardAsync(claim => _jobStore.EndAsync(claim, cancelled.Job, CancellationToken.None));
        _jobs?.Unbind(job);
        if (run.Cause is SyncCause.Post or SyncCause.Task && _jobs?.Bound.Count == 0)
        {
            run.IsStopped = true;
            _worker?.Stop(run.Id);
        }

        return _account is not null;
    }

    public async Task Disconnect()
    {
        _timer?.Dispose();
        await EndWorkersAsync();
        _run?.Ended.TrySetResult(new RunReport(_run.Id, null, null));
        _run = null;
        _account = null;
        _jobs = null;
        DeactivateOnIdle();
    }

    public async Task RunEnded(RunReport report)
    {
        if (_account is null || _run is not { } run || run.Id != report.RunId) return;
        var now = _ports.Time.GetUtcNow();
        MeasureLag(run.Cause, report.StartedAt);
        var before = SyncPolicy.OnTurn(_state, report.StartedAt);
        _run = null;
        _state = SyncPolicy.OnInterrupted(_state, now, _cadence); // stands if the storage fails below
        try
        {
            await SaveEndAsync(run, report, before, now);
        }
        finally
        {
            _lastReport = report.Result is null ? report : report with { Result = _state.LastResult };
            run.Ended.TrySetResult(_lastReport);
            if (report.Result is not null) _outbox?.Synced();
            ArmTimer();
        }

        if (run.Scope == RunScope.Mailboxes) await RunDueJobsAsync(); // those that it could not serve
    }

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(this.GetPrimaryKeyString(), out var accountId)) return;
        _account = await _ports.Accounts.ClaimAsync(accountId, cancellationToken);
        if (_account is null) return;
        _ports.Metrics.Claimed();
        _state = _account.State with { RunStartedAt = null }; // a run that was going died with its owner
        var self = this.AsReference<IAccountRuns>();
        _jobs = new AccountJobs(_account.Claim, _cadence, _jobOptions, _account.JobsOpen);
        _worker = new MailboxWorker(_account, _ports, report => _ = self.RunEnded(report), _loggers.CreateLogger<MailboxWorker>());
        _worker.Start();
        _outbox = new OutboxWorker(_account, _sending, _loggers.CreateLogger<OutboxWorker>());
        if (_account.Mail.Waits || _account.Mail.IsUncertain) _outbox.Wake();
        await TriggerAsync(SyncCause.Adopted);
    }

    /// <summary>Connected again since this activation let it go, or not to be had when it began.</summary>
    private async Task AdoptAnewAsync()
    {
        try
        {
            await AdoptAsync(CancellationToken.None);
        }
        finally
        {
            if (_account is null) DeactivateOnIdle();
        }
    }

    private async Task EndWorkersAsync()
    {
        var outbox = _outbox?.DisposeAsync() ?? ValueTask.CompletedTask;
        if (_worker is { } worker) await worker.DisposeAsync();
        await outbox;
        (_worker, _outbox) = (null, null);
    }

    /// <summary>Makes the due jobs running and lets a run serve them: the one that is going, or a new one.</summary>
    private Task RunDueJobsAsync() => GuardAsync(async claim =>
    {
        // A run over the list of folders is no sync: who wants one waits for its end.
        var kinds = _run is { Scope: RunScope.Mailboxes } ? JobKinds.OfListing : JobKinds.OfRun;
        _jobs?.Doubt();
        var due = await _jobStore.ClaimDueAsync(claim, kinds, _ports.Time.GetUtcNow(), CancellationToken.None);
        if (due.Count == 0) return;
        _jobs?.Bind(due);
        await TriggerAsync(SyncCause.Task, due.All(job => job.Kind == JobKinds.SyncMailboxes) ? RunScope.Mailboxes : RunScope.Everything);
    });

    private async Task<Run?> TriggerAsync(SyncCause cause, RunScope scope = RunScope.Everything)
    {
        var now = _ports.Time.GetUtcNow();
        var decision = SyncPolicy.OnTrigger(_state, cause, now, _cadence);
        if (decision is not SyncDecision.Start start)
        {
            if (decision is SyncDecision.Join && IsUrgent(cause)) _worker?.Hurry();
            ArmTimer();
            return null;
        }

        // A run that nobody asked for is begun again when its start is forgotten; a POST's start opens the window, which must hold.
        await SaveAsync(start.State, cause == SyncCause.Post ? Durability.OnDisk : Durability.Soon, _jobs?.Starting(cause, _state, now));
        if (_worker is null) return null;
        _run = new Run(Guid.CreateVersion7(now), cause, scope);
        _worker.Request(_run.Id, scope, IsUrgent(cause));
        return _run;
    }

    /// <summary>A person waits for it.</summary>
    private static bool IsUrgent(SyncCause cause) => cause is SyncCause.Post or SyncCause.Connected or SyncCause.Task;

    private async Task SaveEndAsync(Run run, RunReport report, SyncState before, DateTimeOffset now)
    {
        var changes = (report.Result, report.Failure) switch
        {
            ({ } result, _) => _jobs?.Succeeded(run.Cause, run.Scope, result, before.LastFailure, now),
            (_, { } failure) => _jobs?.Failed(run.Cause, SyncPolicy.OnFailed(before, run.Cause, failure, now, _cadence), failure, now),
            _ => _jobs?.Abandoned(run.IsStopped ? SyncPolicy.OnAside(before) : _state, now),
        };
        await (report switch
        {
            { Result: not null } when run.Scope == RunScope.Mailboxes => SaveAsync(SyncPolicy.OnAside(before), Durability.OnDisk, changes),
            { Result: { } result } => SaveResultAsync(
                SyncPolicy.OnSucceeded(before, result.NewMessages, before.StoredTotal, now, _cadence), run.Cause == SyncCause.Post, before, changes),
            { Failure: { } failure } => SaveAsync(SyncPolicy.OnFailed(before, run.Cause, failure, now, _cadence), Durability.OnDisk, changes),
            _ when run.IsStopped => SaveAsync(SyncPolicy.OnAside(before), Durability.OnDisk, changes),
            _ => SaveAsync(_state, Durability.OnDisk, changes),
        });
        _jobs?.Saved(changes);
    }

    /// <summary>A run that found nothing and that nobody waited for need not wait for the disk: forgotten, it is run again.</summary>
    private async Task SaveResultAsync(SyncState ended, bool handed, SyncState before, JobChanges? jobs)
    {
        var quiet = !handed && jobs is null && ended.LastResult?.NewMessages == 0 && before.FirstSyncedAt is not null;
        await GuardAsync(async claim =>
        {
            var counted = SyncPolicy.OnCounted(ended, await _ports.Accounts.SaveResultAsync(claim, ended, handed, quiet ? Durability.Soon : Durability.OnDisk, jobs, CancellationToken.None));
            _state = handed ? SyncPolicy.OnHanded(counted) : counted;
        });
    }

    private Task SaveAsync(SyncState state, Durability durability, JobChanges? jobs) => GuardAsync(async claim =>
    {
        await _ports.Accounts.SaveAsync(claim, state, durability, jobs, CancellationToken.None);
        _state = state;
    });

    private async Task GuardAsync(Func<Claim, Task> save)
    {
        if (_account is null) return;
        try
        {
            await save(_account.Claim);
        }
        catch (OwnershipLostException)
        {
            await Disconnect();
        }
    }

    private void MeasureLag(SyncCause cause, DateTimeOffset? startedAt)
    {
        if (cause is SyncCause.Timer or SyncCause.Adopted && _state.NextSyncAt is { } due && startedAt >= due)
            _ports.Metrics.Started(cause == SyncCause.Timer ? "timer" : "adopted", startedAt.Value - due);
    }

    private void ArmTimer()
    {
        _timer?.Dispose();
        if (_run is not null || _state.NextSyncAt is not { } due) return;
        var wait = due - _ports.Time.GetUtcNow();
        _timer = this.RegisterGrainTimer(
            () => TriggerAsync(SyncCause.Timer),
            new GrainTimerCreationOptions(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan));
    }

    private SyncReply NotThere()
    {
        DeactivateOnIdle();
        return new SyncReply(false, null, null);
    }

    private sealed record Run(Guid Id, SyncCause Cause, RunScope Scope)
    {
        /// <summary>Nobody wanted it any more.</summary>
        public bool IsStopped { get; set; }

        public TaskCompletionSource<RunReport> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
