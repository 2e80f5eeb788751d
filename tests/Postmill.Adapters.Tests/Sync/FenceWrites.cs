using System.Security.Cryptography;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Adapters.Tests.Jobs;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>Every kind of write that a claim can be used for.</summary>
internal sealed class FenceWrites(AccountDatabase database, StoredFolder inbox)
{
    private const long Validity = 7;
    private readonly ISyncStore _store = database.SyncStore();

    public const int Kinds = 12;

    /// <summary>The kind that writes an event.</summary>
    public const int Mail = 0;

    /// <summary>INBOX as a first run leaves it, made by the first claim.</summary>
    public static async Task<FenceWrites> BeginAsync(AccountDatabase database, Claim claim)
    {
        var store = database.SyncStore();
        var inbox = Assert.Single(await store.ReconcileFoldersAsync(claim, [Inbox], false, CancellationToken.None));
        await store.BeginFolderAsync(claim, inbox, Validity, null, CancellationToken.None);
        return new FenceWrites(database, inbox);
    }

    /// <summary>False: refused.</summary>
    public async Task<bool> TryAsync(int kind, Claim claim, int mark)
    {
        try
        {
            await WriteAsync(kind, claim, mark);
            return true;
        }
        catch (OwnershipLostException lost)
        {
            Assert.Equal(claim, lost.Claim);
            return false;
        }
    }

    private static ServerFolder Inbox => new("INBOX", "INBOX", "/", "inbox", true, null);

    private Task WriteAsync(int kind, Claim claim, int mark) => kind switch
    {
        Mail => _store.StoreAsync(claim, new MailBatch(inbox, Validity, "me@example.org", DateTimeOffset.UnixEpoch, [MailOf(claim, mark)], mark + 2), CancellationToken.None),
        1 => database.Store(new(claim.Owner)).SaveAsync(claim, new SyncState { FailedRuns = mark }, Durability.OnDisk, null, CancellationToken.None),
        2 => database.Store(new(claim.Owner)).SaveAsync(claim, new SyncState { FailedRuns = mark }, Durability.Soon, null, CancellationToken.None),
        3 => database.Store(new(claim.Owner)).SaveResultAsync(claim, new SyncState { FailedRuns = mark }, mark % 2 == 0, Durability.Soon, null, CancellationToken.None),
        4 => _store.ReconcileFoldersAsync(claim, [Inbox, new ServerFolder($"Folder {mark}", "F", "/", null, true, null)], false, CancellationToken.None),
        5 => _store.BeginFolderAsync(claim, inbox, Validity, mark, CancellationToken.None),
        6 => _store.ApplyFlagsAsync(claim, inbox.Id, Validity, [new FlagChange((uint)Math.Max(1, mark / 2), [$"$m{mark}"])], CancellationToken.None),
        7 => _store.RemoveAsync(claim, inbox.Id, Validity, UidRanges.Between(1, (uint)Math.Max(1, mark / 4)), CancellationToken.None),
        8 => _store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(Validity, mark + 1, mark), CancellationToken.None),
        9 => _store.ParkFolderAsync(claim, inbox.Id, $"because {mark}", CancellationToken.None),
        10 => database.Store(new(claim.Owner)).SaveAsync(claim, new SyncState { FailedRuns = mark }, Durability.Soon, Failed(claim), CancellationToken.None),
        11 => database.JobStore().ClaimDueAsync(claim, JobKinds.OfRun, database.Clock.GetUtcNow(), CancellationToken.None),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private JobChanges Failed(Claim claim) => JobGiven.Ladder(claim, JobState.Retrying, database.Clock.GetUtcNow());

    /// <summary>News, and its event names the claim that wrote it.</summary>
    private static IncomingMail MailOf(Claim claim, int mark)
    {
        var subject = $"{claim.Epoch} {claim.Owner} {mark}";
        var raw = System.Text.Encoding.ASCII.GetBytes(subject);
        return new IncomingMail { Uid = (uint)mark + 1, Flags = [], ReceivedAt = DateTimeOffset.UnixEpoch.AddYears(50), Raw = raw, Sha256 = SHA256.HashData(raw), Subject = subject };
    }
}
