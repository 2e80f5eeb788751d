using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>One account, three silos, one step after the other, and a model that says before each step what may come of it.</summary>
internal sealed class FenceStory
{
    public const int Silos = 3;

    private readonly AccountDatabase _database;
    private readonly Guid _user;
    private readonly Guid _account;
    private readonly LocalOwner[] _silos;
    private readonly List<Claim> _claims = [];
    private readonly HashSet<string> _dead = [];
    private readonly FenceWrites _writes;
    private Claim? _owner;
    private bool _connected = true;
    private int _mark;
    private int _events;

    private FenceStory(AccountDatabase database, LocalOwner[] silos, Claim first, FenceWrites writes)
    {
        _database = database;
        _silos = silos;
        _user = first.UserId;
        _account = first.AccountId;
        _claims.Add(first);
        _owner = first;
        _writes = writes;
    }

    public static async Task<FenceStory> BeginAsync(AccountDatabase database)
    {
        var silos = new LocalOwner[Silos];
        for (var n = 0; n < Silos; n++) silos[n] = await database.StartSiloAsync();
        var first = (await database.ClaimAsync(silos[0], await database.NewAccountAsync())).Claim;
        return new FenceStory(database, silos, first, await FenceWrites.BeginAsync(database, first));
    }

    public Task DoAsync(FenceStep step) => step.Act switch
    {
        < 5 => ClaimAsync(_silos[step.Silo]),
        5 => SignOfLifeAsync(_silos[step.Silo]),
        6 => DieAsync(_silos[step.Silo]),
        7 => SupersedeAsync(step.Silo),
        8 => ReleaseAsync(_claims[step.Pick % _claims.Count]),
        9 => DisconnectOrConnectAsync(),
        < 13 => WriteAsync(_claims[^1], step.Pick),
        _ => WriteAsync(_claims[step.Pick % _claims.Count], step.Pick),
    };

    public Task AssertFeedAsync() => FenceFeed.AssertAsync(_database, _user, _events);

    private async Task ClaimAsync(LocalOwner silo)
    {
        var free = _owner is null || _owner.Owner == silo.Name || _dead.Contains(_owner.Owner);
        OwnedAccount? owned;
        try
        {
            owned = await _database.Store(silo).ClaimAsync(_account, CancellationToken.None);
        }
        catch (OwnershipHeldException)
        {
            Assert.True(_connected && !free, "refused, though nobody alive owned it");
            return;
        }

        Assert.Equal(_connected, owned is not null);
        if (owned is null) return;
        Assert.True(free, "claimed, though a living silo owned it");
        Assert.All(_claims, earlier => Assert.True(owned.Claim.Epoch > earlier.Epoch));
        _claims.Add(_owner = owned.Claim);
    }

    /// <summary>A sign of life, as Orleans writes it: it brings no silo back that was declared dead.</summary>
    private Task SignOfLifeAsync(LocalOwner silo) => _database.ExecuteAsync(
        "UPDATE orleansmembershiptable SET iamalivetime = now() WHERE generation = $1", Orleans.Runtime.SiloAddress.FromParsableString(silo.Name).Generation);

    /// <summary>Dead to the others; it may not know yet and goes on writing until another claims.</summary>
    private Task DieAsync(LocalOwner silo)
    {
        _dead.Add(silo.Name);
        return _database.DeclareDeadAsync(silo);
    }

    private async Task SupersedeAsync(int at)
    {
        await DieAsync(_silos[at]);
        _silos[at] = await _database.StartSiloAsync();
    }

    private async Task ReleaseAsync(Claim claim)
    {
        var before = await TraceAsync();
        await _database.Store(new(claim.Owner)).ReleaseAsync(claim, new Domain.Sync.SyncState(), CancellationToken.None);
        if (claim == _owner) _owner = null;
        else Assert.Equal(before, await TraceAsync());
    }

    private async Task DisconnectOrConnectAsync()
    {
        if (_connected) Assert.True(await _database.Book().DisconnectAsync(_user, _account, CancellationToken.None));
        else Assert.Equal(_account, (await _database.Book().ConnectAsync(_user, AccountDatabase.Account("me@example.org"), CancellationToken.None)).AccountId);
        _connected = !_connected;
        _owner = null;
    }

    private async Task WriteAsync(Claim claim, int pick)
    {
        var kind = pick % FenceWrites.Kinds;
        var before = await TraceAsync();
        var accepted = await _writes.TryAsync(kind, claim, ++_mark);
        Assert.True(accepted == (claim == _owner), $"kind {kind} with epoch {claim.Epoch} was {(accepted ? "accepted" : "refused")}; epoch {_owner?.Epoch} is in force");
        if (!accepted) Assert.Equal(before, await TraceAsync());
        else if (kind == FenceWrites.Mail) _events++;
    }

    private Task<string> TraceAsync() => _database.ScalarAsync<string>("""
        SELECT concat_ws('|', (SELECT a::text FROM account a WHERE id = $1), (SELECT string_agg(f::text, '|' ORDER BY id) FROM folder f WHERE account_id = $1),
          (SELECT string_agg(m::text, '|' ORDER BY id) FROM message m WHERE account_id = $1),
          (SELECT string_agg(l::text, '|' ORDER BY l.uid_validity, l.uid) FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1),
          (SELECT string_agg(e::text, '|' ORDER BY seq) FROM event e WHERE user_id = $2), (SELECT f::text FROM feed f WHERE user_id = $2))
        """, _account, _user);
}
