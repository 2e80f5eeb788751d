using System.Text.Json;
using Npgsql;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Testing;

namespace Postmill.Adapters.Tests.Accounts;

public sealed class DueAccountsTests : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);
    private readonly AccountDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Twenty_thousand_accounts_cost_no_more_than_the_few_that_are_found()
    {
        var (living, dead) = (await _database.StartSiloAsync(), await _database.StartSiloAsync());
        await _database.DeclareDeadAsync(dead);
        await FillAsync(20_000, living.Name, "now() + interval '2 minutes'");
        await FillAsync(30, living.Name, "now() - interval '1 minute'");
        await FillAsync(40, dead.Name, "now() + interval '2 minutes'");
        await FillAsync(50, null, "now() + interval '2 minutes'");
        await _database.ExecuteAsync("ANALYZE account");
        var plan = await PlanAsync(most: 500);
        Assert.DoesNotContain(plan, node => Text(node, "Node Type") == "Seq Scan" && Text(node, "Relation Name") == "account");
        var read = plan.Where(node => Text(node, "Relation Name") == "account" && Text(node, "Node Type") is not "ModifyTable").Sum(Rows);
        Assert.InRange(read, 120, 500); // each of the 120 is read where it is found and where it is marked
        Assert.Equal(120, (await TakeAsync(500)).Count);
    }

    [Fact]
    public async Task Orphans_come_first_then_the_most_overdue()
    {
        var (living, dead) = (await _database.StartSiloAsync(), await _database.StartSiloAsync());
        await _database.DeclareDeadAsync(dead);
        var overdue = await FillAsync(4, living.Name, "now() - n * interval '1 minute'");
        var lost = await FillAsync(3, dead.Name, "now() + interval '2 minutes'");
        var free = await FillAsync(2, null, "NULL");
        Assert.Equal(lost.Concat(free).Order(), (await TakeAsync(5)).Order());
        Assert.Equal(overdue.TakeLast(3).Order(), (await TakeAsync(3)).Order());
        Assert.Equal(overdue[..1], await TakeAsync(3));
        Assert.Empty(await TakeAsync(3));
    }

    [Fact]
    public async Task What_a_living_silo_owns_is_left_to_it_until_it_is_late_and_while_its_run_is_going()
    {
        var living = await _database.StartSiloAsync();
        var prompt = await FillAsync(1, living.Name, "now() - interval '1 second'");
        var running = await FillAsync(1, living.Name, "now() - interval '1 hour'");
        await _database.ExecuteAsync("UPDATE account SET run_started_at = now() WHERE id = $1", running[0]);
        Assert.Empty(await TakeAsync(10));
        await _database.ExecuteAsync("UPDATE account SET next_sync_at = now() - interval '4 seconds' WHERE id = $1", prompt[0]);
        Assert.Equal(prompt, await TakeAsync(10));
    }

    [Fact]
    public async Task Orphan_is_taken_though_a_run_was_going_and_nothing_is_due()
    {
        var silo = await _database.StartSiloAsync();
        var account = await _database.NewAccountAsync();
        var owned = await _database.ClaimAsync(silo, account);
        await _database.Store(silo).SaveAsync(owned.Claim, new SyncState { RunStartedAt = owned.ConnectedAt, NextSyncAt = null }, Durability.OnDisk, null, CancellationToken.None);
        Assert.Empty(await TakeAsync(10));
        await _database.DeclareDeadAsync(silo);
        Assert.Equal([account], await TakeAsync(10));
        Assert.Empty(await TakeAsync(10));
        await _database.ExecuteAsync("UPDATE account SET swept_at = now() - interval '11 seconds' WHERE id = $1", account);
        Assert.Equal([account], await TakeAsync(10));
    }

    [Fact]
    public async Task Wake_that_went_to_a_silo_before_it_died_does_not_keep_the_account_from_the_next_look()
    {
        var silo = await _database.StartSiloAsync();
        var accounts = await FillAsync(2, silo.Name, "now() + interval '2 minutes'");
        await _database.DeclareDeadAsync(silo);
        await _database.ExecuteAsync("UPDATE account SET swept_at = died_at - interval '2 seconds' FROM silo WHERE silo.owner = account.owner AND id = $1", accounts[0]);
        await _database.ExecuteAsync("UPDATE account SET swept_at = died_at + interval '1 millisecond' FROM silo WHERE silo.owner = account.owner AND id = $1", accounts[1]);
        Assert.Equal([accounts[0]], await TakeAsync(10));
        Assert.Empty(await TakeAsync(10));
    }

    [Fact]
    public async Task Account_that_its_owner_gives_back_is_taken_at_the_next_look_though_it_was_swept_just_now()
    {
        var silo = await _database.StartSiloAsync();
        var account = await _database.NewAccountAsync();
        var owned = await _database.ClaimAsync(silo, account);
        await _database.ExecuteAsync("UPDATE account SET swept_at = now() WHERE id = $1", account);
        await _database.Store(silo).ReleaseAsync(owned.Claim, new SyncState(), CancellationToken.None);
        Assert.Equal([account], await TakeAsync(10));
        Assert.Empty(await TakeAsync(10));
    }

    [Fact]
    public async Task Many_sweepers_at_once_take_every_account_once()
    {
        var (living, dead) = (await _database.StartSiloAsync(), await _database.StartSiloAsync());
        await _database.DeclareDeadAsync(dead);
        var all = new List<Guid>();
        all.AddRange(await FillAsync(700, dead.Name, "now()"));
        all.AddRange(await FillAsync(600, null, "now()"));
        all.AddRange(await FillAsync(500, living.Name, "now() - interval '1 minute'"));
        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var mine = new List<Guid>();
            while (await TakeAsync(37) is { Count: > 0 } batch) mine.AddRange(batch);
            return mine;
        }));
        // A sweeper may leave early while the others hold the last rows; what is left is there for the next look.
        var last = await TakeAsync(1_000);
        Assert.Equal(all.Order(), taken.SelectMany(ids => ids).Concat(last).Order());
    }

    [Fact]
    public async Task Transaction_that_a_dead_silo_left_open_is_ended_and_a_living_ones_is_not()
    {
        var (living, dead) = (await _database.StartSiloAsync(), await _database.StartSiloAsync());
        var (kept, lost) = (await _database.NewAccountAsync(), await _database.NewAccountAsync());
        await using var working = await WritingAsync(await _database.ClaimAsync(living, kept));
        await using var stopped = await WritingAsync(await _database.ClaimAsync(dead, lost));
        Assert.Empty(await TakeAsync(10));
        await _database.DeclareDeadAsync(dead);
        // The first look finds the row locked and ends the session; its end takes a moment.
        await Eventually.TrueAsync("the lost account is taken", async () => (await TakeAsync(10)).SequenceEqual([lost]));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => PingAsync(stopped));
        await PingAsync(working);
    }

    /// <summary>A connection within a write of the owner's, which neither goes on nor ends.</summary>
    private async Task<NpgsqlConnection> WritingAsync(OwnedAccount owned)
    {
        var connection = await _database.Source.OpenConnectionAsync();
        await using var begin = new NpgsqlCommand("BEGIN", connection);
        await begin.ExecuteNonQueryAsync();
        await using var fence = new NpgsqlCommand("SELECT fence($1, $2, $3)", connection);
        foreach (var value in new object[] { owned.Claim.AccountId, owned.Claim.Owner, owned.Claim.Epoch }) fence.Parameters.Add(new() { Value = value });
        await fence.ExecuteNonQueryAsync();
        return connection;
    }

    private static async Task PingAsync(NpgsqlConnection connection)
    {
        await using var ping = new NpgsqlCommand("SELECT 1", connection);
        await ping.ExecuteNonQueryAsync();
    }

    private Task<IReadOnlyList<Guid>> TakeAsync(int most) => new DueAccounts(_database.Source).TakeAsync(most, Pause, Slack, CancellationToken.None);

    /// <summary>Accounts of a new user, in order of <c>n</c> = 1, 2, …</summary>
    private async Task<List<Guid>> FillAsync(int count, string? owner, string due)
    {
        var user = await _database.NewUserAsync();
        await using var insert = _database.Source.CreateCommand($"""
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username,
              is_default, connected, created_at, connected_at, owner, next_sync_at)
            SELECT gen_random_uuid(), $1, n::text, n::text, 'h', 1, 'none', 'h', 1, 'none', 'u', false, true, now(), now(), $2, {due} FROM generate_series(1, $3) AS n
            RETURNING id, email::int
            """);
        insert.Parameters.Add(new() { Value = user });
        insert.Parameters.Add(new() { Value = owner ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        insert.Parameters.Add(new() { Value = count });
        await using var row = await insert.ExecuteReaderAsync();
        var ids = new List<(Guid Id, int N)>();
        while (await row.ReadAsync()) ids.Add((row.GetGuid(0), row.GetInt32(1)));
        return [.. ids.OrderBy(account => account.N).Select(account => account.Id)];
    }

    /// <summary>All nodes of the plan as it ran; what it changed is taken back.</summary>
    private async Task<List<JsonElement>> PlanAsync(int most)
    {
        await using var connection = await _database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN (ANALYZE, FORMAT JSON) " + DueAccounts.Take, connection, transaction);
        foreach (var value in new object[] { most, Pause, Slack }) explain.Parameters.Add(new() { Value = value });
        using var json = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!);
        var nodes = new List<JsonElement>();
        Gather(json.RootElement[0].GetProperty("Plan").Clone(), nodes);
        return nodes;
    }

    private static void Gather(JsonElement node, List<JsonElement> nodes)
    {
        nodes.Add(node);
        if (!node.TryGetProperty("Plans", out var children)) return;
        foreach (var child in children.EnumerateArray()) Gather(child, nodes);
    }

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static double Rows(JsonElement node) =>
        node.GetProperty("Actual Loops").GetDouble()
        * (node.GetProperty("Actual Rows").GetDouble() + (node.TryGetProperty("Rows Removed by Filter", out var removed) ? removed.GetDouble() : 0));
}
