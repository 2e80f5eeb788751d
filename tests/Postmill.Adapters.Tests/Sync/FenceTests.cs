using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Tests.Sync;

public sealed class FenceTests : IAsyncLifetime
{
    private readonly AccountDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Every_refused_write_is_counted_and_named_with_account_owner_and_epoch()
    {
        var silo = await _database.StartSiloAsync();
        var stale = (await _database.ClaimAsync(silo, await _database.NewAccountAsync())).Claim;
        await _database.ClaimAsync(silo, stale.AccountId);
        var refused = 0L;
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => Listen(instrument, l) };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref refused, value));
        using var metrics = new SyncMetrics(new Meters());
        listener.Start();
        var log = new Lines();
        var fence = new Fence(_database.Source, metrics, log);
        await Assert.ThrowsAsync<OwnershipLostException>(() => fence.ExecuteAsync(stale, Durability.OnDisk, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => fence.ScalarAsync<int>(stale, Sql.Batch("SELECT 1"), CancellationToken.None));
        var store = new AccountStore(_database.Source, fence, silo, null!, TimeProvider.System);
        await Assert.ThrowsAsync<OwnershipLostException>(() => store.SaveAsync(stale, new SyncState(), Durability.Soon, null, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => store.SaveResultAsync(stale, new SyncState(), false, Durability.OnDisk, null, CancellationToken.None));
        await store.ReleaseAsync(stale, new SyncState(), CancellationToken.None);
        Assert.Equal(5, refused);
        Assert.Equal(Enumerable.Repeat($"Write for account {stale.AccountId} refused: owner {stale.Owner} at epoch {stale.Epoch} is over", 5), log);
    }

    [Fact]
    public async Task Result_of_a_run_is_saved_with_the_total_that_the_batches_counted()
    {
        var silo = await _database.StartSiloAsync();
        var owned = await _database.ClaimAsync(silo, await _database.NewAccountAsync());
        await _database.ExecuteAsync("UPDATE account SET stored_total = 42 WHERE id = $1", owned.Claim.AccountId);
        var ended = SyncPolicy.OnSucceeded(owned.State, 7, owned.State.StoredTotal, owned.ConnectedAt, new SyncCadence());
        var store = _database.Store(silo);
        Assert.Equal(42, await store.SaveResultAsync(owned.Claim, ended, handed: false, Durability.Soon, null, CancellationToken.None));
        Assert.Equal(SyncPolicy.OnCounted(ended, 42), (await _database.ClaimAsync(silo, owned.Claim.AccountId)).State);
        var again = (await _database.ClaimAsync(silo, owned.Claim.AccountId)).Claim;
        await store.SaveResultAsync(again, ended, handed: true, Durability.OnDisk, null, CancellationToken.None);
        Assert.Equal(SyncPolicy.OnHanded(SyncPolicy.OnCounted(ended, 42)), (await _database.ClaimAsync(silo, owned.Claim.AccountId)).State);
    }

    [Fact]
    public async Task Run_that_finds_nothing_writes_its_row_twice_and_nothing_else()
    {
        var silo = await _database.StartSiloAsync();
        var owned = await _database.ClaimAsync(silo, await _database.NewAccountAsync());
        var sync = _database.SyncStore();
        ServerFolder[] listed = [.. Enumerable.Range(0, 20).Select(n => new ServerFolder($"F{n}", $"F{n}", "/", n == 0 ? "inbox" : null, n != 3, null))];
        var first = await sync.ReconcileFoldersAsync(owned.Claim, listed, false, CancellationToken.None);
        var before = await TransactionsAsync(owned.Claim);
        Assert.Equal(first, await sync.ReconcileFoldersAsync(owned.Claim, listed, false, CancellationToken.None));
        Assert.Equal(before, await TransactionsAsync(owned.Claim));
        await _database.Store(silo).SaveAsync(owned.Claim, owned.State, Durability.Soon, null, CancellationToken.None);
        await _database.Store(silo).SaveResultAsync(owned.Claim, owned.State, false, Durability.Soon, null, CancellationToken.None);
        Assert.StartsWith("account ", Assert.Single((await TransactionsAsync(owned.Claim)).Except(before)), StringComparison.Ordinal);

        // Any difference is written: a name, the kind, a folder more, a folder less.
        foreach (var changed in new ServerFolder[][] { [listed[0] with { SpecialUse = "junk" }, .. listed[1..]], [.. listed, new("New", "New", "/", null, true, null)], listed[..5], listed })
        {
            var now = await sync.ReconcileFoldersAsync(owned.Claim, changed, false, CancellationToken.None);
            Assert.Equal(changed.Select(f => (f.WireName, f.SpecialUse)), now.Select(f => (f.WireName, f.SpecialUse)));
        }
    }

    [Fact]
    public async Task Line_that_could_not_be_read_changes_nothing_of_a_known_folder_and_takes_no_other_for_gone()
    {
        var silo = await _database.StartSiloAsync();
        var owned = await _database.ClaimAsync(silo, await _database.NewAccountAsync());
        var sync = _database.SyncStore();
        ServerFolder[] whole = [new("INBOX", "INBOX", "/", "inbox", true, null), new("Sent", "Sent", "/", "sent", true, null), new("Other", "Other", "/", null, true, null)];
        var known = await sync.ReconcileFoldersAsync(owned.Claim, whole, false, CancellationToken.None);
        var before = await TransactionsAsync(owned.Claim);
        ServerFolder[] broken = [whole[0], new("Sent", "Sent", null, null, true, null) { IsUnreadable = true }];
        Assert.Equal(known, await sync.ReconcileFoldersAsync(owned.Claim, broken, false, CancellationToken.None));
        Assert.Equal(before, await TransactionsAsync(owned.Claim));

        // Another folder comes: it is written, and the known one stays as it was.
        var now = await sync.ReconcileFoldersAsync(owned.Claim, [.. broken, new("New", "New", "/", null, true, null)], false, CancellationToken.None);
        Assert.Equal(["INBOX", "New", "Other", "Sent"], now.Select(f => f.WireName).Order(StringComparer.Ordinal));
        Assert.Equal("sent", now.Single(f => f.WireName == "Sent").SpecialUse);
    }

    /// <summary>Which transaction wrote, or locked, each row of the account: the same list means that nothing was touched.</summary>
    private async Task<List<string>> TransactionsAsync(Claim claim)
    {
        await using var select = _database.Source.CreateCommand("""
            SELECT 'account ' || xmin || ' ' || xmax FROM account WHERE id = $1 UNION ALL SELECT wire_name || ' ' || xmin || ' ' || xmax FROM folder WHERE account_id = $1 ORDER BY 1
            """);
        select.Parameters.Add(new() { Value = claim.AccountId });
        await using var row = await select.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await row.ReadAsync()) rows.Add(row.GetString(0));
        return rows;
    }

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Name == "postmill.fence.refused" && instrument.Meter.Tags?.Any() == true) listener.EnableMeasurementEvents(instrument);
    }

    /// <summary>Meters with a tag, so that the listener hears this test's and no other's.</summary>
    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options.Name, null, [new("test", "fence")]);

        public void Dispose() { }
    }

    private sealed class Lines : List<string>, ILogger<Fence>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
