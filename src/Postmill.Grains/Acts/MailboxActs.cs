using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Acts;

/// <summary>
/// Does one act on an open connection, and stores what the server says then. Each may be repeated after a crash or a lost connection: it looks first where the mail is, and
/// what is so already is done. When the mail is not where the store thinks, the mailbox is brought up to date and the act is tried once more.
/// </summary>
internal sealed class MailboxActs(OwnedMailbox owned, SyncPorts ports)
{
    private static readonly ActOutcome Done = new ActOutcome.Done();
    private static readonly ActOutcome Elsewhere = new ActOutcome.Elsewhere();

    private Claim Claim => owned.Account.Claim;

    private IMailbox Mailbox => owned.Mailbox;

    /// <summary>Null: done.</summary>
    /// <exception cref="MailboxFaultException">The connection is of no use any more; whether the act was done is not known.</exception>
    public async Task<SyncFailure?> DoAsync(MailboxAct act, CancellationToken cancellationToken)
    {
        if (act.MessageId is not { } messageId) return Missing("the task does not say any more what was to be done");
        if (act.Job.Kind == JobKinds.AppendSent) return await new SentCopy(owned, ports).StoreAsync(messageId, cancellationToken);
        var outcome = await TryAsync(act, messageId, cancellationToken);
        if (outcome is ActOutcome.Elsewhere)
        {
            if (owned.Account.State.FirstSyncedAt is null)
                return new SyncFailure(SyncFailure.ProtocolError, "the mail is not where it was, and the mailbox is still being read for the first time");
            await new SyncRun(owned, ports.Store, ports.Grains, ports.Options).RunAsync(cancellationToken); // it costs what has changed
            outcome = await TryAsync(act, messageId, cancellationToken);
        }

        return outcome switch
        {
            ActOutcome.Done => null,
            ActOutcome.Refused { Failure: var failure } => failure,
            // What is to be deleted and is nowhere is deleted.
            ActOutcome.Elsewhere => act.Job.Kind == JobKinds.DeleteMessage ? null : Missing("the mail is in no folder of the server any more"),
            _ => throw new InvalidOperationException("ActOutcome is closed"),
        };
    }

    private async Task<ActOutcome> TryAsync(MailboxAct act, Guid messageId, CancellationToken cancellationToken)
    {
        var places = await ports.Acts.PlacesAsync(Claim, messageId, cancellationToken);
        switch (act.Job.Kind)
        {
            case JobKinds.ChangeFlags:
                return await ChangeFlagsAsync(act, places, cancellationToken);
            case JobKinds.MoveMessage:
                var flagged = act is { Seen: null, Flagged: null } ? Done : await ChangeFlagsAsync(act, places, cancellationToken);
                if (flagged is not ActOutcome.Done) return flagged;
                return await MoveAsync(act, messageId, places, ActPlan.OfMove(places, act.Target!), cancellationToken);
            case JobKinds.DeleteMessage:
                var from = ActPlan.OfDelete(places, act.Target);
                return act.Target is null ? await RemoveAsync(from, cancellationToken) : await MoveAsync(act, messageId, places, from, cancellationToken);
            default:
                throw new InvalidOperationException($"{act.Job.Kind} is no act");
        }
    }

    private async Task<ActOutcome> ChangeFlagsAsync(MailboxAct act, IReadOnlyList<MessagePlace> places, CancellationToken cancellationToken)
    {
        (string Flag, bool? Wanted)[] words = [(@"\Seen", act.Seen), (@"\Flagged", act.Flagged)];
        var met = 0;
        foreach (var folder in places.GroupBy(place => (place.FolderId, place.WireName, place.UidValidity)))
        {
            var (opened, refusal) = await Mailbox.OpenAsync(folder.Key.WireName, cancellationToken);
            if (refusal is not null) return new ActOutcome.Refused(refusal);
            if (opened!.UidValidity != folder.Key.UidValidity) continue;
            var uids = UidRanges.OfUids(folder.Select(place => place.Uid));
            foreach (var set in new[] { true, false })
            {
                string[] flags = [.. words.Where(word => word.Wanted == set).Select(word => word.Flag)];
                if (flags.Length > 0 && await Mailbox.ChangeFlagsAsync(uids, flags, set, cancellationToken) is { } no) return new ActOutcome.Refused(no);
            }

            var now = await FlagsAsync(uids, cancellationToken);
            await ports.Store.ApplyFlagsAsync(Claim, folder.Key.FolderId, opened.UidValidity, now, cancellationToken);
            foreach (var (flag, wanted) in words)
                if (wanted is { } value && now.Any(mail => Has(mail, flag) != value))
                    return Refuse($"the server did not {(value ? "keep" : "drop")} the flag {flag} in {folder.Key.WireName}");
            met += now.Count;
        }

        return met > 0 ? Done : Elsewhere;
    }

    private async Task<ActOutcome> MoveAsync(
        MailboxAct act, Guid messageId, IReadOnlyList<MessagePlace> places, IReadOnlyList<MessagePlace> from, CancellationToken cancellationToken)
    {
        var target = (await ports.Acts.FoldersAsync(Claim, cancellationToken)).FirstOrDefault(folder => folder.WireName == act.Target && folder.Selectable);
        if (target is null) return new ActOutcome.Refused(Missing($"there is no folder {act.Target} any more"));
        if (from.Count == 0) return places.Any(place => place.FolderId == target.Id) ? Done : Elsewhere;
        // A copy that an earlier try made before its connection was lost is not made again.
        var copied = !Mailbox.MovesAtOnce && act.Job.AttemptCount > 1 && await HasCopyAsync(messageId, target, cancellationToken);
        var told = true;
        var moved = 0;
        foreach (var folder in from.GroupBy(place => (place.FolderId, place.WireName, place.UidValidity)))
        {
            var (opened, refusal) = await Mailbox.OpenAsync(folder.Key.WireName, cancellationToken);
            if (refusal is not null) return new ActOutcome.Refused(refusal);
            if (opened!.UidValidity != folder.Key.UidValidity) continue;
            var there = await FlagsAsync(UidRanges.OfUids(folder.Select(place => place.Uid)), cancellationToken);
            if (there.Count == 0) continue;
            var uids = UidRanges.OfUids(there.Select(mail => mail.Uid));
            var came = new MovedMails(null, 0, UidRanges.Empty);
            if (copied) came = came with { Refusal = await Mailbox.RemoveAsync(uids, cancellationToken) };
            else came = await Mailbox.MoveAsync(uids, target.WireName, cancellationToken);
            if (came.Refusal is not null) return new ActOutcome.Refused(came.Refusal);
            moved += there.Count;
            told &= copied || came.UidValidity > 0;
            await LeftAsync(messageId, new FolderUids(folder.Key.FolderId, opened.UidValidity, uids), came, target, there[0].Flags, cancellationToken);
        }

        if (moved > 0 && !told) await SyncAsync(target, cancellationToken);
        return moved > 0 ? Done : Elsewhere;
    }

    private async Task<ActOutcome> RemoveAsync(IReadOnlyList<MessagePlace> from, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var folder in from.GroupBy(place => (place.FolderId, place.WireName, place.UidValidity)))
        {
            var (opened, refusal) = await Mailbox.OpenAsync(folder.Key.WireName, cancellationToken);
            if (refusal is not null) return new ActOutcome.Refused(refusal);
            if (opened!.UidValidity != folder.Key.UidValidity) continue;
            var uids = UidRanges.OfUids(folder.Select(place => place.Uid));
            var there = await FlagsAsync(uids, cancellationToken);
            if (await Mailbox.RemoveAsync(uids, cancellationToken) is { } no) return new ActOutcome.Refused(no);
            await LeftAsync(Guid.Empty, new FolderUids(folder.Key.FolderId, opened.UidValidity, uids), null, null, [], cancellationToken);
            removed += there.Count;
        }

        return removed > 0 ? Done : Elsewhere;
    }

    /// <summary>Stores what the open folder lost and another one got. A mail that the server could only mark is still there, and stays so in the store.</summary>
    private async Task LeftAsync(
        Guid messageId, FolderUids source, MovedMails? came, StoredFolder? target, IReadOnlyList<string> flags, CancellationToken cancellationToken)
    {
        var marked = await FlagsAsync(source.Uids, cancellationToken);
        await ports.Store.ApplyFlagsAsync(Claim, source.FolderId, source.UidValidity, marked, cancellationToken);
        var left = source with { Uids = source.Uids.Except(UidRanges.OfUids(marked.Select(mail => mail.Uid))) };
        var there = came is { UidValidity: > 0 } && target is not null ? new FolderUids(target.Id, came.UidValidity, came.Uids) : null;
        await ports.Acts.PlaceAsync(Claim, new PlaceChange(messageId, left.Uids.IsEmpty ? null : left, there, flags), cancellationToken);
    }

    private async Task<bool> HasCopyAsync(Guid messageId, StoredFolder target, CancellationToken cancellationToken)
    {
        await SyncAsync(target, cancellationToken);
        return (await ports.Acts.PlacesAsync(Claim, messageId, cancellationToken)).Any(place => place.FolderId == target.Id);
    }

    private Task<int?> SyncAsync(StoredFolder folder, CancellationToken cancellationToken) =>
        new FolderSync(owned, ports.Store, ports.Grains, ports.Options).RunAsync(folder, null, cancellationToken);

    private async Task<List<FlagChange>> FlagsAsync(UidRanges uids, CancellationToken cancellationToken)
    {
        var flags = new List<FlagChange>();
        await foreach (var mail in Mailbox.FetchFlagsAsync(uids, null, cancellationToken)) flags.Add(mail);
        return flags;
    }

    private static bool Has(FlagChange mail, string flag) => mail.Flags.Contains(flag, StringComparer.OrdinalIgnoreCase);

    private static SyncFailure Missing(string text) => new(SyncFailure.NotFound, text);

    private static ActOutcome.Refused Refuse(string text) => new(new SyncFailure(SyncFailure.ProtocolError, text));
}
