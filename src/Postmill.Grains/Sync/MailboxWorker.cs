using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;

namespace Postmill.Grains.Sync;

/// <summary>
/// The loop that owns an account's mail connection, outside the grain's turns: a turn never awaits the mail server. Signals only wake it; it asks what is due:
/// acts on single mails, a requested run, else INBOX news by IDLE, else a lost connection to open again.
/// </summary>
internal sealed partial class MailboxWorker : IAsyncDisposable
{
    private readonly SyncPorts _ports;
    private readonly Reconnect _reconnect;
    // How long a server may take to end an IDLE while we go: with the LOGOUT's limit it stays below the 5 s that a disconnect promises.
    private static readonly TimeSpan LeaveAfter = TimeSpan.FromSeconds(1.5);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly Channel<RunRequest> _requests = Channel.CreateBounded<RunRequest>(1);
    private readonly Action<RunReport> _ended;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private OwnedAccount _account;
    private CancellationTokenSource _interrupt = new();
    private CancellationTokenSource _hurry = new();
    private CancellationTokenSource _unwanted = new();
    private CancellationTokenSource _giveUp = new();
    private Guid _requested;
    private IMailbox? _mailbox;
    private volatile bool _rotated;
    private Task _loop = Task.CompletedTask;

    /// <param name="ended">Hears the end of every requested run, from this loop's thread, until the worker is disposed of.</param>
    public MailboxWorker(OwnedAccount account, SyncPorts ports, Action<RunReport> ended, ILogger logger)
    {
        _account = account;
        _ports = ports;
        _ended = ended;
        _logger = logger;
        _reconnect = new Reconnect(ports.Options, ports.Time, ports.Random);
        _actsDue = account.JobsOpen;
    }

    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Asks for a run; the grain has at most one going.</summary>
    /// <param name="runId">Comes back in the report.</param>
    /// <param name="urgent">A person waits for it: it goes first at the gates.</param>
    public void Request(Guid runId, RunScope scope, bool urgent)
    {
        RunRequest request;
        lock (_gate)
        {
            (_requested, _hurry, _unwanted) = (runId, new CancellationTokenSource(), new CancellationTokenSource());
            request = new RunRequest(runId, scope, _hurry.Token, _unwanted.Token);
        }

        if (urgent) Hurry();
        if (_requests.Writer.TryWrite(request)) Interrupt();
    }

    /// <summary>Nobody wants this run any more: it ends at once with its connection, without a verdict.</summary>
    public void Stop(Guid runId)
    {
        lock (_gate)
        {
            if (runId != _requested) return;
            _unwanted.Cancel();
            _giveUp.Cancel(); // the run may still wait for the server to end an IDLE
        }
    }

    /// <summary>From now on a person waits for the run that is going: if it still waits for its start, it goes first.</summary>
    public void Hurry()
    {
        lock (_gate) _hurry.Cancel();
    }

    /// <summary>New credentials: the old connection is not used again.</summary>
    public void Rotate()
    {
        _rotated = true;
        Interrupt();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Interrupt();
        await using (_ports.Time.CreateTimer(_ => _leave.Cancel(), null, LeaveAfter, Timeout.InfiniteTimeSpan)) await _loop;
        _stop.Dispose();
        _leave.Dispose();
        _interrupt.Dispose();
        _hurry.Dispose();
        _unwanted.Dispose();
        _giveUp.Dispose();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await StepAsync();
            }
        }
        catch (OwnershipLostException)
        {
            LogOwnershipLost(_account.Claim.AccountId, _account.Claim.Epoch);
        }
        finally
        {
            await DropAsync();
            while (_requests.Reader.TryRead(out var request)) Report(new RunReport(request.RunId, null, null));
        }
    }

    private async Task StepAsync()
    {
        try
        {
            if (_rotated) await DropRotatedAsync();
            if (TakeActTurn()) await ActAsync();
            else if (_requests.Reader.TryRead(out var request)) await RunAsync(request);
            else if (_mailbox is null) await AwaitReconnectAsync();
            else await FollowInboxAsync(_mailbox);
        }
        catch (Exception bug) when (bug is not OwnershipLostException)
        {
            // The edge of the loop: one mailbox's bug must not leave it without an owner's care, nor spin.
            LogBug(bug, _account.Claim.AccountId);
            await DropAsync();
            _reconnect.Lost();
        }
    }

    private void Report(RunReport report)
    {
        if (!_stop.IsCancellationRequested) _ended(report);
    }

    private async Task RunAsync(RunRequest request)
    {
        var report = new RunReport(request.RunId, null, null);
        try
        {
            report = await ReportAsync(request);
        }
        finally
        {
            Report(report with { StartedAt = request.StartedAt });
        }
    }

    /// <summary>A report without a result and without a failure means: abandoned, nothing is counted against the account.</summary>
    private async Task<RunReport> ReportAsync(RunRequest request)
    {
        try
        {
            var stored = await RunOnAsync(request, mayFail: _mailbox is not null);
            var now = _ports.Time.GetUtcNow();
            // From here on a folder that appears is no back-fill any more: what lies in it may be news.
            if (request.Scope == RunScope.Everything)
                _account = _account with { State = _account.State with { FirstSyncedAt = _account.State.FirstSyncedAt ?? now } };
            return new RunReport(request.RunId, new SyncResult(stored, now, 0), null);
        }
        catch (MailboxFaultException fault)
        {
            await DropAsync();
            // From here on the ladder says when the server is asked again, and after its last rung a person does: a reconnect that was still waiting is off.
            _reconnect.Tried();
            LogRunFailed(_account.Claim.AccountId, fault.Failure.Code, fault.Failure.Text);
            return new RunReport(request.RunId, null, fault.Failure);
        }
        catch (UnreadableSecretException)
        {
            return new RunReport(request.RunId, null, new SyncFailure(SyncFailure.AuthFailed, "The stored password cannot be read any more; enter it again."));
        }
        catch (DbException fault)
        {
            await DropAsync();
            LogStorageFailed(fault, _account.Claim.AccountId);
            return new RunReport(request.RunId, null, null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new RunReport(request.RunId, null, null);
        }
        catch (OperationCanceledException) when (request.Stopped.IsCancellationRequested)
        {
            await LoseAsync(); // in the middle of a command
            return new RunReport(request.RunId, null, null);
        }
    }

    /// <param name="request">Says who waits.</param>
    /// <param name="mayFail">The connection stood idle before: that it had died unnoticed says nothing about the server, so once more on a new one.</param>
    private async Task<int> RunOnAsync(RunRequest request, bool mayFail)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, request.Stopped);
        try
        {
            // The place of a run is taken on an open connection, so that accounts of a host whose logins wait keep none from the others.
            var owned = await OpenedAsync(request.Hurry, ends.Token, ends.Token);
            var entering = _ports.Gates.RunAsync(_account.ImapHost, _account.State.FirstSyncedAt is null, request.Hurry, ends.Token);
            mayFail |= !entering.IsCompleted;
            using var inside = await entering;
            request.StartedAt = _ports.Time.GetUtcNow();
            var run = new SyncRun(owned, _ports.Store, _ports.Grains, _ports.Options);
            if (request.Scope == RunScope.Everything) return await run.RunAsync(ends.Token);
            await run.ListAsync(ends.Token);
            return 0;
        }
        catch (MailboxFaultException) when (mayFail && request.MayTryAgain())
        {
            await DropAsync();
            return await RunOnAsync(request, mayFail: false);
        }
    }

    /// <param name="hurry">Cancelled when a person waits for it.</param>
    /// <param name="wait">Ends the wait at the gates.</param>
    /// <param name="end">Ends what is begun then.</param>
    private async Task<OwnedMailbox> OpenedAsync(CancellationToken hurry, CancellationToken wait, CancellationToken end)
    {
        if (_mailbox is null)
        {
            using var opening = await _ports.Gates.OpeningAsync(_account.ImapHost, hurry, wait);
            var settings = await _ports.Accounts.SettingsAsync(_account.Claim, end);
            _mailbox = await OpenAsync(settings with { Broken = opening.Broken }, opening, end);
            _reconnect.Opened();
            _actsDue |= _actsInDoubt;
            _actsInDoubt = false;
        }

        return Owned(_mailbox);
    }

    private OwnedMailbox Owned(IMailbox mailbox) => new(_account, mailbox, capability => _ports.Gates.Lied(_account.ImapHost, capability));

    private async Task<IMailbox> OpenAsync(AccountSettings settings, HostOpening opening, CancellationToken cancellationToken)
    {
        try
        {
            var mailbox = await _ports.Mailboxes.OpenAsync(settings, cancellationToken);
            opening.Served();
            return mailbox;
        }
        catch (MailboxFaultException fault) when (fault.IsOfHost)
        {
            opening.TurnedAway(fault.RetryAfter);
            throw;
        }
        catch (MailboxFaultException fault) when (fault.Failure.Code == SyncFailure.AuthFailed)
        {
            opening.Served();
            throw;
        }
    }

    private async Task FollowInboxAsync(IMailbox mailbox)
    {
        try
        {
            lock (_gate) _giveUp = new CancellationTokenSource();
            using var interrupt = ArmInterrupt();
            using var leave = CancellationTokenSource.CreateLinkedTokenSource(_leave.Token, _giveUp.Token);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _giveUp.Token);
            await new InboxWatch(Owned(mailbox), _ports).RunAsync(interrupt.Token, leave.Token, end.Token);
        }
        catch (MailboxFaultException fault)
        {
            await DropAsync();
            _reconnect.Lost();
            LogConnectionLost(_account.Claim.AccountId, fault.Failure.Code, _reconnect.Wait);
        }
        catch (DbException fault)
        {
            await DropAsync();
            _reconnect.Lost();
            LogStorageFailed(fault, _account.Claim.AccountId);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            await LoseAsync();
        }
    }

    /// <summary>After a loss: opens again when the back-off is over. After a failed opening only the schedule does, so a wrong password is tried once per rung.</summary>
    private async Task AwaitReconnectAsync()
    {
        using var interrupt = ArmInterrupt();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token, _stop.Token);
        try
        {
            await Task.Delay(_reconnect.Wait, _ports.Time, either.Token);
            _reconnect.Tried();
            await OpenedAsync(CancellationToken.None, either.Token, _stop.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return;
        }
        catch (MailboxFaultException fault)
        {
            _reconnect.Refused(fault.Failure);
            LogConnectionLost(_account.Claim.AccountId, fault.Failure.Code, _reconnect.Wait);
        }
        catch (DbException fault)
        {
            _reconnect.Lost();
            LogStorageFailed(fault, _account.Claim.AccountId);
        }
    }

    private async Task DropRotatedAsync()
    {
        _rotated = false;
        await DropAsync();
    }

    /// <summary>Given up by us; opened again after the back-off.</summary>
    private async Task LoseAsync()
    {
        if (_mailbox is null) return;
        await DropAsync();
        _reconnect.Lost();
    }

    private async Task DropAsync()
    {
        if (_mailbox is not { } mailbox) return;
        _mailbox = null;
        await mailbox.DisposeAsync();
    }

    private void Interrupt()
    {
        lock (_gate) _interrupt.Cancel();
    }

    /// <summary>A wait that the next request ends. A request made before this is in the channel already, so it is armed as interrupted.</summary>
    private CancellationTokenSource ArmInterrupt()
    {
        lock (_gate)
        {
            _interrupt = new CancellationTokenSource();
            if (_requests.Reader.Count > 0 || _actsDue || _rotated || _stop.IsCancellationRequested) _interrupt.Cancel();
            return CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token);
        }
    }
}
