using Npgsql;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;

namespace Postmill.Adapters.Tests.Feed;

public sealed class FeedWriterTests(FeedDatabase database) : IClassFixture<FeedDatabase>
{
    private readonly PostgresFeedLog _log = new(database.Source);

    [Fact]
    public async Task Events_are_numbered_from_one_without_gaps_and_keep_their_text()
    {
        var user = await database.NewUserAsync();
        Assert.Equal(2, await database.AppendAsync(user, FeedDatabase.Entry("a"), FeedDatabase.Entry("b")));
        Assert.Equal(3, await database.AppendAsync(user, new FeedEntry("email_received", """{"type":"email_received","z":1,"a":"é"}""", FeedDatabase.Noon)));
        var events = await _log.ReadAsync(user, 1, 10, CancellationToken.None);
        Assert.Equal([2, 3], events.Select(entry => entry.Seq));
        Assert.Equal(new FeedEvent(3, "email_received", """{"type":"email_received","z":1,"a":"é"}""", FeedDatabase.Noon), events[1]);
    }

    [Fact]
    public async Task A_batch_larger_than_a_statement_stays_in_order()
    {
        var user = await database.NewUserAsync();
        Assert.Equal(2_500, await database.AppendAsync(user, FeedDatabase.Entries(2_500)));
        var events = await _log.ReadAsync(user, 0, 5_000, CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 2_500).Select(n => (long)n), events.Select(entry => entry.Seq));
        Assert.Equal(Enumerable.Range(0, 2_500).Select(n => FeedDatabase.Entry($"{n}").Json), events.Select(entry => entry.Json));
    }

    [Fact]
    public async Task Where_knows_the_bounds_and_a_user_without_events()
    {
        var user = await database.NewUserAsync();
        Assert.Equal(new FeedFloor(0, 0), await _log.WhereAsync(user, CancellationToken.None));
        await database.AppendAsync(user, FeedDatabase.Entries(3));
        Assert.Equal(new FeedFloor(0, 3), await _log.WhereAsync(user, CancellationToken.None));
    }

    // Hard case 56, first half.
    [Fact]
    public async Task Transactions_that_want_to_commit_in_the_other_order_never_let_a_cursor_pass_an_event()
    {
        var user = await database.NewUserAsync();
        await using var one = await database.Source.OpenConnectionAsync();
        await using var two = await database.Source.OpenConnectionAsync();
        await using var first = await one.BeginTransactionAsync();
        await using var second = await two.BeginTransactionAsync();
        Assert.Equal(1, await FeedWriter.AppendAsync(one, first, user, [FeedDatabase.Entry("first")], CancellationToken.None));
        // The second took its snapshot already and would like to commit now; it must wait for its number instead.
        var later = FeedWriter.AppendAsync(two, second, user, [FeedDatabase.Entry("second")], CancellationToken.None);
        await WaitUntilBlockedAsync(two);
        Assert.False(later.IsCompleted);
        Assert.Empty(await _log.ReadAsync(user, 0, 10, CancellationToken.None));
        await first.CommitAsync();
        Assert.Equal(2, await later);
        Assert.Equal([1], (await _log.ReadAsync(user, 0, 10, CancellationToken.None)).Select(entry => entry.Seq));
        await second.CommitAsync();
        Assert.Equal([2], (await _log.ReadAsync(user, 1, 10, CancellationToken.None)).Select(entry => entry.Seq));
    }

    // Hard case 56 under load: a reader that follows by cursor alone sees every event once, whatever the writers do.
    [Fact]
    public async Task A_cursor_misses_nothing_while_many_write_and_some_roll_back()
    {
        var user = await database.NewUserAsync();
        const int writers = 6, rounds = 30;
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => WriteAsync(user, writer, rounds)));
        var seen = new List<FeedEvent>();
        while (true)
        {
            var done = writing.IsCompleted;
            var page = await _log.ReadAsync(user, seen.Count == 0 ? 0 : seen[^1].Seq, 7, CancellationToken.None);
            seen.AddRange(page);
            if (done && page.Count == 0) break;
        }
        var kept = await writing;
        Assert.Equal(Enumerable.Range(1, kept.Sum()).Select(n => (long)n), seen.Select(entry => entry.Seq));
        Assert.Equal(seen.Count, seen.Select(entry => entry.Json).Distinct().Count());
    }

    // Hard case 56, second half.
    [Fact]
    public async Task A_writer_that_dies_before_its_commit_leaves_neither_state_nor_event()
    {
        var user = await database.NewUserAsync();
        var connection = await database.Source.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using (var state = new NpgsqlCommand("UPDATE users SET role = 'view' WHERE id = $1", connection, transaction) { Parameters = { new() { Value = user } } })
            await state.ExecuteNonQueryAsync();
        await FeedWriter.AppendAsync(connection, transaction, user, [FeedDatabase.Entry()], CancellationToken.None);
        await database.ExecuteAsync("SELECT pg_terminate_backend($1)", connection.ProcessID);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.Empty(await _log.ReadAsync(user, 0, 10, CancellationToken.None));
        Assert.Equal(1, await database.AppendAsync(user, FeedDatabase.Entry("next")));
        await using var role = database.Source.CreateCommand("SELECT role FROM users WHERE id = $1");
        role.Parameters.Add(new() { Value = user });
        Assert.Equal("admin", await role.ExecuteScalarAsync());
    }

    private async Task<int> WriteAsync(Guid user, int writer, int rounds)
    {
        var random = new Random(writer);
        var kept = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var connection = await database.Source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            var entries = Enumerable.Range(0, random.Next(1, 4)).Select(n => FeedDatabase.Entry($"{writer}.{round}.{n}")).ToArray();
            await FeedWriter.AppendAsync(connection, transaction, user, entries, CancellationToken.None);
            if (random.Next(4) == 0)
            {
                await transaction.RollbackAsync();
                continue;
            }
            await transaction.CommitAsync();
            kept += entries.Length;
        }
        return kept;
    }

    private async Task WaitUntilBlockedAsync(NpgsqlConnection connection)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var command = database.Source.CreateCommand("SELECT cardinality(pg_blocking_pids($1))");
            command.Parameters.Add(new() { Value = connection.ProcessID });
            if (await command.ExecuteScalarAsync() is > 0) return;
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20), "the second writer never had to wait for the first");
        }
    }
}
