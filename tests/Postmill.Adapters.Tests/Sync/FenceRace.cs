using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>The same steps by three silos at the same time. No model knows who wins; the log of events says afterwards who did.</summary>
internal sealed class FenceRace
{
    private readonly AccountDatabase _database;
    private readonly Claim _first;
    private readonly FenceWrites _writes;
    private readonly LocalOwner[] _silos;
    private int _mark;
    private int _accepted;

    private FenceRace(AccountDatabase database, LocalOwner[] silos, Claim first, FenceWrites writes)
    {
        _database = database;
        _silos = silos;
        _first = first;
        _writes = writes;
    }

    public static async Task<FenceRace> BeginAsync(AccountDatabase database)
    {
        var silos = new LocalOwner[FenceStory.Silos];
        for (var n = 0; n < silos.Length; n++) silos[n] = await database.StartSiloAsync();
        var first = (await database.ClaimAsync(silos[0], await database.NewAccountAsync())).Claim;
        return new FenceRace(database, silos, first, await FenceWrites.BeginAsync(database, first));
    }

    /// <summary>One silo's part: what it claimed it goes on using until it claims anew, whoever has taken over meanwhile.</summary>
    public async Task RunAsync(int at, IEnumerable<FenceStep> steps)
    {
        var claim = _first;
        foreach (var step in steps)
        {
            switch (step.Act)
            {
                case < 6:
                    claim = await TryClaimAsync(_silos[at]) ?? claim;
                    break;
                case 6:
                    await _database.DeclareDeadAsync(_silos[at]);
                    break;
                case 7:
                    _silos[at] = await _database.StartSiloAsync();
                    break;
                case 8:
                    await _database.Store(_silos[at]).ReleaseAsync(claim, new Domain.Sync.SyncState(), CancellationToken.None);
                    break;
                default:
                    // Mails for the most part: their events are what tells.
                    var kind = step.Act < 16 ? FenceWrites.Mail : 1 + (step.Pick % 3);
                    if (await _writes.TryAsync(kind, claim, Interlocked.Increment(ref _mark)) && kind == FenceWrites.Mail) Interlocked.Increment(ref _accepted);
                    break;
            }
        }
    }

    public Task AssertFeedAsync() => FenceFeed.AssertAsync(_database, _first.UserId, _accepted);

    private async Task<Claim?> TryClaimAsync(LocalOwner silo)
    {
        try
        {
            return (await _database.Store(silo).ClaimAsync(_first.AccountId, CancellationToken.None))?.Claim;
        }
        catch (OwnershipHeldException)
        {
            return null;
        }
    }
}
