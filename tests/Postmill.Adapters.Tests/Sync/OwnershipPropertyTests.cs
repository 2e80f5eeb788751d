using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>Any order of claims, deaths, releases and writes of several silos: one writer per epoch, epochs only grow, nothing old is written.</summary>
public sealed class OwnershipPropertyTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const int Silos = 4;
    private const int Steps = 120;

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public async Task In_any_order_only_the_latest_claim_writes(int seed)
    {
        var random = new Random(seed);
        var account = await database.NewAccountAsync();
        var silos = new LocalOwner[Silos];
        for (var i = 0; i < Silos; i++) silos[i] = await database.StartSiloAsync();
        var claims = new List<OwnedAccount>();
        OwnedAccount? owner = null; // the model: who may write
        var dead = new HashSet<string>();

        for (var step = 0; step < Steps; step++)
        {
            var at = random.Next(Silos);
            var silo = silos[at];
            switch (random.Next(10))
            {
                case < 4:
                    var free = owner is null || owner.Claim.Owner == silo.Name || dead.Contains(owner.Claim.Owner);
                    var claimed = await TryClaimAsync(silo, account);
                    Assert.Equal(free, claimed is not null);
                    if (claimed is null) break;
                    Assert.All(claims, earlier => Assert.True(claimed.Claim.Epoch > earlier.Claim.Epoch));
                    claims.Add(owner = claimed);
                    break;
                case 4:
                    await database.DeclareDeadAsync(silo); // dead to the others; it may not know yet and goes on writing until another claims
                    dead.Add(silo.Name);
                    break;
                case 5:
                    dead.Remove(silo.Name);
                    silos[at] = await database.StartSiloAsync();
                    break;
                case 6 when claims.Count > 0:
                    var released = claims[random.Next(claims.Count)];
                    await database.Store(silo).ReleaseAsync(released.Claim, released.State, CancellationToken.None);
                    if (released == owner) owner = null;
                    break;
                default:
                    if (claims.Count == 0) break;
                    var writer = claims[random.Next(claims.Count)];
                    Assert.Equal(writer == owner, await TryWriteAsync(silo, writer, step));
                    if (writer == owner) Assert.Equal(step, await database.ScalarAsync<int>("SELECT failed_runs FROM account WHERE id = $1", account));
                    break;
            }
        }

        Assert.True(claims.Count > 5, "the seed made too few claims to tell anything");
    }

    [Fact]
    public async Task Claimed_at_once_by_many_after_a_death_there_is_one_owner()
    {
        var first = await database.StartSiloAsync();
        var account = await database.NewAccountAsync();
        await database.ClaimAsync(first, account);
        await database.DeclareDeadAsync(first);
        var silos = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => database.StartSiloAsync()));
        var claims = await Task.WhenAll(silos.Select(silo => TryClaimAsync(silo, account)));
        Assert.Single(claims, claim => claim is not null);
    }

    [Fact]
    public async Task Writes_that_race_with_a_claim_are_either_before_it_or_refused()
    {
        var (old, next) = (await database.StartSiloAsync(), await database.StartSiloAsync());
        var account = await database.NewAccountAsync();
        var stale = await database.ClaimAsync(old, account);
        var writing = Task.Run(async () =>
        {
            var accepted = 0;
            while (await TryWriteAsync(old, stale, accepted + 1)) accepted++;
            return accepted;
        });
        await database.DeclareDeadAsync(old);
        var owner = await database.ClaimAsync(next, account);
        Assert.True(await TryWriteAsync(next, owner, 1_000_000));
        await writing;
        Assert.Equal(1_000_000, await database.ScalarAsync<int>("SELECT failed_runs FROM account WHERE id = $1", account));
    }

    private async Task<OwnedAccount?> TryClaimAsync(LocalOwner silo, Guid account)
    {
        try
        {
            return await database.ClaimAsync(silo, account);
        }
        catch (OwnershipHeldException)
        {
            return null;
        }
    }

    private async Task<bool> TryWriteAsync(LocalOwner silo, OwnedAccount writer, int mark)
    {
        try
        {
            await database.Store(silo).SaveAsync(writer.Claim, new SyncState { FailedRuns = mark }, Durability.OnDisk, null, CancellationToken.None);
            return true;
        }
        catch (OwnershipLostException)
        {
            return false;
        }
    }
}
