using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>
/// The loop that owns an account's mail connection, outside the grain's turns: a turn never awaits the mail server. Signals only wake it; it asks what is due:
/// a requested run, else INBOX news by IDLE, else a lost connection to open again.
/// </summary>
internal sealed partial class MailboxWorker : IAsyncDisposable
{
    private readonly SyncPorts _ports;
    private readonly Reconnect _reconnect;
    // How long a server may take to end an IDLE while we go: with the LOGOUT's limit it stays below the 5 s that a disconnect promises.
    private static readonly TimeSpan LeaveAfter = TimeSpan.FromSeconds(1.5);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _leave = new();
    private readonly Channel<Guid> _requests = Channel.CreateBounded<Guid>(1);
    private readonly Action<RunReport> _ended;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private OwnedAccount _account;
    private CancellationTokenSource _interrupt = new();
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
    }

    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Asks for a run; the grain has at most one going.</summary>
    public void Request(Guid runId)
    {
        if (_requests.Writer.TryWrite(runId)) Interrupt();
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
            while (_requests.Reader.TryRead(out var runId)) Report(new RunReport(runId, null, null));
        }
    }

    private async Task StepAsync()
    {
        try
        {
            if (_rotated) await DropRotatedAsync();
            if (_requests.Reader.TryRead(out var runId)) await RunAsync(runId);
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

    private async Task RunAsync(Guid runId)
    {
        var report = new RunReport(runId, null, null);
        try
        {
            report = await ReportAsync(runId);
        }
        finally
        {
            Report(report);
        }
    }

    /// <summary>A report without a result and without a failure means: abandoned, nothing is counted against the account.</summary>
    private async Task<RunReport> ReportAsync(Guid runId)
    {
        try
        {
            var stored = await RunOnAsync(reused: _mailbox is not null);
            var now = _ports.Time.GetUtcNow();
            // From here on a folder that appears is no back-fill any more: what lies in it may be news.
            _account = _account with { State = _account.State with { FirstSyncedAt = _account.State.FirstSyncedAt ?? now } };
            return new RunReport(runId, new SyncResult(stored, now, 0), null);
        }
        catch (MailboxFaultException fault)
        {
            await DropAsync();
            // From here on the ladder says when the server is asked again, and after its last rung a person does: a reconnect that was still waiting is off.
            _reconnect.Tried();
            LogRunFailed(_account.Claim.AccountId, fault.Failure.Code, fault.Failure.Text);
            return new RunReport(runId, null, fault.Failure);
        }
        catch (UnreadableSecretException)
        {
            return new RunReport(runId, null, new SyncFailure(SyncFailure.AuthFailed, "The stored password cannot be read any more; enter it again."));
        }
        catch (DbException fault)
        {
            await DropAsync();
            LogStorageFailed(fault, _account.Claim.AccountId);
            return new RunReport(runId, null, null);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return new RunReport(runId, null, null);
        }
    }

    private async Task<int> RunOnAsync(bool reused)
    {
        try
        {
            return await new SyncRun(await OpenedAsync(), _ports.Store, _ports.Grains, _ports.Options).RunAsync(_stop.Token);
        }
        catch (MailboxFaultException) when (reused)
        {
            // The idle connection had died unnoticed; that says nothing about the server. Once more on a new one.
            await DropAsync();
            return await RunOnAsync(reused: false);
        }
    }

    private async Task<OwnedMailbox> OpenedAsync()
    {
        if (_mailbox is null)
        {
            var settings = await _ports.Accounts.SettingsAsync(_account.Claim, _stop.Token);
            _mailbox = await _ports.Mailboxes.OpenAsync(settings, _stop.Token);
            _reconnect.Opened();
        }

        return new OwnedMailbox(_account, _mailbox);
    }

    private async Task FollowInboxAsync(IMailbox mailbox)
    {
        try
        {
            using var interrupt = ArmInterrupt();
            await new InboxWatch(new OwnedMailbox(_account, mailbox), _ports).RunAsync(interrupt.Token, _leave.Token, _stop.Token);
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
            await OpenedAsync();
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
            if (_requests.Reader.Count > 0 || _rotated || _stop.IsCancellationRequested) _interrupt.Cancel();
            return CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token);
        }
    }
}
