using System.Data.Common;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sending;

/// <summary>
/// The loop that sends an account's mail, outside the grain's turns. Signals only wake it; it asks the outbox what is due, lets <see cref="OutboxRound"/> send it, and sleeps until the next
/// mail's time. An account without mail to send costs no loop.
/// </summary>
internal sealed partial class OutboxWorker : IAsyncDisposable
{
    /// <summary>After storage or code failed.</summary>
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(5);

    private readonly OwnedAccount _account;
    private readonly SendPorts _ports;
    private readonly ILogger _logger;
    private readonly MailWaiters _waiters = new();
    private readonly SessionPool _sessions;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly Lock _gate = new();
    private OutboxCommits? _commits;
    private Pacer? _pacer;
    private AccountLimits _limits;
    private Task _loop = Task.CompletedTask;
    private TaskCompletionSource _woken = NewSignal();
    private OutboxRound? _round;
    private readonly SendStandstill _standstill;
    private bool _running;
    private volatile bool _reconcile;

    public OutboxWorker(OwnedAccount account, SendPorts ports, ILogger logger)
    {
        _account = account;
        _ports = ports;
        _logger = logger;
        _reconcile = account.Mail.IsUncertain;
        _limits = account.Limits;
        _sessions = new SessionPool(account, ports, _leave.Token);
        _standstill = new SendStandstill(account, ports);
    }

    /// <summary>Rows of the outbox may have come, or changed.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            _round?.Freshen();
            _woken.TrySetResult();
            if (_running) return;
            _running = true;
            _loop = Task.Run(LoopAsync);
        }
    }

    /// <summary>New credentials, or such that were just seen to serve.</summary>
    public void Rotate()
    {
        _standstill.AskAll();
        _sessions.Renew();
        Wake();
    }

    /// <summary>A person wants a mail tried now; its row says so already. A pause does not hold it up.</summary>
    public void Hurry()
    {
        _standstill.AskOnce();
        Wake();
    }

    /// <summary>The account's own limits were changed: they hold from the next mail on.</summary>
    public async Task RelimitAsync()
    {
        var limits = await _ports.Outbox.LimitsAsync(_account.Claim, CancellationToken.None);
        lock (_gate)
        {
            _limits = limits;
            _pacer?.Limit(_ports.Options.Limits(limits));
        }

        Wake();
    }

    /// <summary>The store shows what the mailbox shows: the Sent folder may hold what nobody could tell of.</summary>
    public void Synced()
    {
        if (_reconcile) Wake();
    }

    /// <summary>Completes when there is something to look at: the mail has a verdict, or does not go now.</summary>
    public async Task WaitAsync(Guid jobId, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var told = _waiters.WaitAsync(jobId);
        if (await _ports.Outbox.IsSettledAsync(_account.Claim, jobId, _ports.Time.GetUtcNow(), cancellationToken)) return;
        Wake();
        try
        {
            await told.WaitAsync(atMost, _ports.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return;
        }
    }

    /// <summary>Mails under way have <see cref="SendOptions.LeaveSeconds"/> to end; what has not ended then is in doubt.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stop.Cancel();
            _woken.TrySetResult();
        }

        await using (_ports.Time.CreateTimer(_ => _leave.Cancel(), null, TimeSpan.FromSeconds(_ports.Options.LeaveSeconds), Timeout.InfiniteTimeSpan))
        {
            await _loop;
            if (_commits is { } commits) await commits.EndAsync(_leave.Token);
            await _sessions.DisposeAsync();
        }

        _waiters.TellAll();
        _commits?.Dispose();
        _stop.Dispose();
        _leave.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            do
            {
                lock (_gate) _woken = NewSignal();
            }
            while (await SleepAsync(await StepAsync()));
        }
        catch (OwnershipLostException)
        {
            LogOwnershipLost(_account.Claim.AccountId, _account.Claim.Epoch);
            lock (_gate) _stop.Cancel();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Answers when to look again; null: when woken.</summary>
    private async Task<DateTimeOffset?> StepAsync()
    {
        try
        {
            await PrepareAsync();
            var now = _ports.Time.GetUtcNow();
            if (_reconcile) await ReconcileAsync(now);
            if (await _standstill.UntilAsync(now, _stop.Token) is not { } until) return await SendAsync();
            _waiters.TellAll();
            return until;
        }
        catch (DbException fault)
        {
            LogStorageFailed(fault, _account.Claim.AccountId);
        }
        catch (Exception bug) when (bug is not (OwnershipLostException or OperationCanceledException))
        {
            // The edge of the loop: a bug must not leave the account's mail without anybody's care, nor spin.
            LogBug(bug, _account.Claim.AccountId);
        }

        return _ports.Time.GetUtcNow() + AfterTrouble;
    }

    private async Task PrepareAsync()
    {
        if (_pacer is not null) return;
        AccountLimits own;
        lock (_gate) own = _limits;
        var limits = _ports.Options.Limits(own);
        var asked = _ports.Time.GetTimestamp();
        var kept = limits.Count == 0 ? new KeptPace(null, _ports.Time.GetUtcNow()) : await _ports.Outbox.PaceAsync(_account.Claim, _stop.Token);
        lock (_gate)
        {
            _pacer = new Pacer(limits, kept, asked, _account.Mail.Doubted, _ports.Time);
            if (own != _limits) _pacer.Limit(_ports.Options.Limits(_limits));
        }

        var files = _ports.Options.SentCopy switch { SentCopy.Always => true, SentCopy.Never => false, SentCopy.Auto => !SentCopies.AreFiledBy(_account.SmtpHost) };
        _commits = new OutboxCommits(_account.Claim, _ports.Outbox, _pacer, files, _ports.Time, Committed, fault => LogStorageFailed(fault, _account.Claim.AccountId));
    }

    private async Task<DateTimeOffset?> SendAsync()
    {
        var round = new OutboxRound(_account, _ports, _sessions, _commits!, _pacer!, _stop.Token, _leave.Token);
        lock (_gate) _round = round;
        var end = await round.RunAsync();
        lock (_gate) _round = null;
        var released = end.HasServed && await _standstill.EndAsync(_stop.Token);
        if (end.Trouble is { } trouble) return await PauseAsync(trouble, end.Unopened);
        return released ? _ports.Time.GetUtcNow() : end.LookAt;
    }

    private async Task<DateTimeOffset?> PauseAsync(SendFailure failure, bool unopened)
    {
        var pause = await _standstill.BeginAsync(failure, unopened, _ports.Time.GetUtcNow(), _stop.Token);
        LogPaused(_account.Claim.AccountId, pause.Until, failure.Code, failure.Text);
        _waiters.TellAll();
        return pause.Until;
    }

    private async Task ReconcileAsync(DateTimeOffset now)
    {
        DateTimeOffset? before = _ports.Options.Guarantee == Guarantee.AtLeastOnce ? now - TimeSpan.FromMinutes(_ports.Options.RepeatAfterMinutes) : null;
        // Lowered before the look, not after it: an outcome that is written meanwhile raises it again.
        _reconcile = false;
        if (await _ports.Outbox.ReconcileAsync(_account.Claim, before, now, _stop.Token) > 0) _reconcile = true;
    }

    private void Committed(IReadOnlyList<MailOutcome> outcomes)
    {
        var now = _ports.Time.GetUtcNow();
        foreach (var outcome in outcomes)
        {
            _ports.Metrics.Attempted(outcome.Attempt.Job, outcome.Mail.Job.NextRunAt, now);
            if (outcome.Attempt.Job.State == Postmill.Domain.Jobs.JobState.Uncertain) _reconcile = true;
        }

        _waiters.Tell(outcomes.Select(outcome => outcome.Mail.Job.Id));
    }

    /// <summary>False: nothing is left to do, the loop ends and the next signal begins another.</summary>
    private async Task<bool> SleepAsync(DateTimeOffset? until)
    {
        await _sessions.TrimAsync();
        Task woken;
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return false;
            woken = _woken.Task;
            if (until is null && _sessions.KeptUntil is null && !woken.IsCompleted)
            {
                _running = false;
                return false;
            }
        }

        var at = Earlier(until, _sessions.KeptUntil);
        if (at is null) return true; // woken already
        var wait = at.Value - _ports.Time.GetUtcNow();
        if (wait <= TimeSpan.Zero) return true;
        await Task.WhenAny(woken, Task.Delay(wait, _ports.Time, _stop.Token));
        return !_stop.IsCancellationRequested;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
