using System.Data.Common;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;

namespace Postmill.Grains.Sync;

// Acts on single mails, between runs and on their connection. Whoever tells of them only says "look": which are due, the store says.
internal sealed partial class MailboxWorker
{
    /// <summary>Acts of one turn; a run that was asked for goes before the next turn.</summary>
    private const int ActsPerTurn = 50;

    /// <summary>Connections that one turn may lose before the rest of its acts fails as the last one did.</summary>
    private const int MostLosses = 2;

    private volatile bool _actsDue;
    private volatile bool _actsInDoubt;
    private bool _acted;

    /// <summary>Acts may be due.</summary>
    public void ActsDue()
    {
        _actsDue = true;
        Interrupt();
    }

    /// <summary>Acts go first, for they are short and a person waits; not twice in a row before a run that waits as well.</summary>
    private bool TakeActTurn() => _acted = _actsDue && !(_acted && _requests.Reader.Count > 0);

    private async Task ActAsync()
    {
        _actsDue = false; // before the look: what is told from here on is looked for again
        try
        {
            var acts = await _ports.Acts.ClaimDueAsync(_account.Claim, ActsPerTurn, _ports.Time.GetUtcNow(), _stop.Token);
            if (acts.Count > 0) await DoAllAsync(acts);
            _actsDue |= acts.Count > 0; // there may be more, or later ones of the same mails
        }
        catch (DbException fault)
        {
            // What was claimed says that it runs; the first look on the next connection takes it back.
            _actsInDoubt = true;
            await DropAsync();
            _reconnect.Lost();
            LogStorageFailed(fault, _account.Claim.AccountId);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task DoAllAsync(IReadOnlyList<MailboxAct> acts)
    {
        SyncFailure? closed = null; // the server cannot be reached, or ends every connection: it is not asked again for each of them
        var losses = 0;
        foreach (var act in acts)
        {
            var failure = closed ?? await DoAsync(act);
            await EndAsync(act.Job, failure);
            if (_mailbox is null && ++losses == MostLosses) closed = failure;
        }
    }

    /// <summary>Null: done. Without a connection afterwards: it was lost, or could not be opened.</summary>
    private async Task<SyncFailure?> DoAsync(MailboxAct act)
    {
        // A connection that stood idle may have died unnoticed, which says nothing about the server: once more on a new one. Acts can be repeated.
        for (var mayFail = _mailbox is not null; ; mayFail = false)
        {
            try
            {
                var owned = await OpenedAsync(AtOnce, _stop.Token, _stop.Token);
                return await new MailboxActs(owned, _ports).DoAsync(act, _stop.Token);
            }
            catch (MailboxFaultException fault)
            {
                await DropAsync();
                if (mayFail) continue;
                _reconnect.Refused(fault.Failure);
                LogConnectionLost(_account.Claim.AccountId, fault.Failure.Code, _reconnect.Wait);
                return fault.Failure;
            }
            catch (UnreadableSecretException)
            {
                return new SyncFailure(SyncFailure.AuthFailed, "The stored password cannot be read any more; enter it again.");
            }
            catch (Exception bug) when (bug is not (OwnershipLostException or DbException or OperationCanceledException))
            {
                // One act's bug must neither stop the others nor repeat itself for ever.
                LogBug(bug, _account.Claim.AccountId);
                await DropAsync();
                _reconnect.Lost();
                return new SyncFailure("internal_error", "something went wrong that nobody foresaw; the log of the service has it");
            }
        }
    }

    private async Task EndAsync(Job running, SyncFailure? failure)
    {
        var now = _ports.Time.GetUtcNow();
        var ended = failure is null ? JobPolicy.OnSucceeded(running, null, now) : JobPolicy.OnFailed(running, failure, now);
        if (failure is not null) LogActFailed(_account.Claim.AccountId, running.Kind, failure.Code, failure.Text);
        await _ports.Acts.EndAsync(_account.Claim, ended, ActLine.Of(_account.Claim, ended, failure), _stop.Token);
    }

    private static readonly CancellationToken AtOnce = new(canceled: true);
}
