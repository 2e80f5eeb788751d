using Postmill.Domain.Messages;

namespace Postmill.Grains.Sync;

/// <summary>
/// Sees new mail in INBOX at once: waits there (IDLE), stores what came, waits again, until interrupted. It writes like a run does but is none: window, ladder and
/// status do not hear of it.
/// </summary>
internal sealed class InboxWatch(OwnedMailbox owned, SyncPorts ports)
{
    /// <param name="interrupt">Ends the wait in good order.</param>
    /// <param name="leave">Gives the connection up where the server does not let the wait end.</param>
    /// <param name="cancellationToken">Ends everything else.</param>
    public async Task RunAsync(CancellationToken interrupt, CancellationToken leave, CancellationToken cancellationToken)
    {
        while (!interrupt.IsCancellationRequested)
        {
            var inbox = await ports.Store.InboxAsync(owned.Account.Claim, cancellationToken);
            if (inbox?.Cursor is not { UidNext: not null })
            {
                await UntilInterruptedAsync(interrupt); // the first run has not filled it yet
                return;
            }

            // Selecting with the cursor tells what came between the last run and now.
            var refused = await new FolderSync(owned, ports.Store, ports.Grains, ports.Options).RunAsync(inbox, null, cancellationToken) is null;
            if (refused)
            {
                await UntilInterruptedAsync(interrupt);
                return;
            }

            await WaitAsync(interrupt, leave, cancellationToken);
        }
    }

    /// <summary>Returns when interrupted, or when the folder must be looked at as a whole (flags, expunges).</summary>
    private async Task WaitAsync(CancellationToken interrupt, CancellationToken leave, CancellationToken cancellationToken)
    {
        var inbox = await ports.Store.InboxAsync(owned.Account.Claim, cancellationToken);
        if (inbox?.Cursor is not { UidNext: { } next } cursor) return;
        while (!interrupt.IsCancellationRequested)
        {
            var signal = await owned.Mailbox.WaitAsync(TimeSpan.FromSeconds(ports.Options.IdleRenewalSeconds), interrupt, leave);
            if (signal == FolderSignal.Changed) return;
            if (signal == FolderSignal.Grew) next = await StoreNewAsync(inbox, cursor.UidValidity, next, cancellationToken);
        }
    }

    /// <summary>Stores what came since <paramref name="next"/>; answers the UID after the last one.</summary>
    private async Task<long> StoreNewAsync(StoredFolder inbox, long uidValidity, long next, CancellationToken cancellationToken)
    {
        var writer = new BatchWriter(owned, inbox, uidValidity, ports.Store, ports.Grains, ports.Options) { MovesCursor = true };
        await writer.WriteAsync(owned.Mailbox.FetchAsync([UidRanges.Between((uint)next, uint.MaxValue)], cancellationToken), cancellationToken);
        return Math.Max(next, writer.LastUid + 1L);
    }

    private static async Task UntilInterruptedAsync(CancellationToken interrupt)
    {
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupt.Register(interrupted.SetResult);
        await interrupted.Task;
    }
}
