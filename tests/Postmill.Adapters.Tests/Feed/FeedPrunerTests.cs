using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;

namespace Postmill.Adapters.Tests.Feed;

public sealed class FeedPrunerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Old = FeedDatabase.Noon.AddDays(-40);
    private static readonly DateTimeOffset Cut = FeedDatabase.Noon.AddDays(-30);
    private readonly FeedDatabase _database = new();
    private FeedPruner _pruner = null!;
    private PostgresFeedLog _log = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _pruner = new FeedPruner(_database.Source);
        _log = new PostgresFeedLog(_database.Source);
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Old_events_go_and_the_floor_rises_to_the_last_of_them()
    {
        var user = await _database.NewUserAsync();
        await _database.AppendAsync(user, FeedDatabase.Entries(5, Old));
        await _database.AppendAsync(user, FeedDatabase.Entries(2));
        Assert.Equal(5, await _pruner.PruneAsync(Cut, CancellationToken.None));
        Assert.Equal(new FeedFloor(5, 7), await _log.WhereAsync(user, CancellationToken.None));
        Assert.Equal([6, 7], (await _log.ReadAsync(user, 0, 10, CancellationToken.None)).Select(entry => entry.Seq));
        Assert.Equal(0, await _pruner.PruneAsync(Cut, CancellationToken.None));
    }

    [Fact]
    public async Task A_log_that_is_old_altogether_keeps_counting_from_where_it_was()
    {
        var user = await _database.NewUserAsync();
        await _database.AppendAsync(user, FeedDatabase.Entries(3, Old));
        await _pruner.PruneAsync(Cut, CancellationToken.None);
        Assert.Equal(new FeedFloor(3, 3), await _log.WhereAsync(user, CancellationToken.None));
        Assert.Equal(4, await _database.AppendAsync(user, FeedDatabase.Entry()));
    }

    [Fact]
    public async Task More_than_one_batch_and_more_than_one_user_are_pruned_in_one_call()
    {
        var many = await _database.NewUserAsync();
        var few = await _database.NewUserAsync();
        await _database.AppendAsync(many, FeedDatabase.Entries((2 * FeedPruner.BatchEvents) + 10, Old));
        await _database.AppendAsync(few, FeedDatabase.Entries(4, Old));
        Assert.Equal((2 * FeedPruner.BatchEvents) + 14, await _pruner.PruneAsync(Cut, CancellationToken.None));
        Assert.Equal((2 * FeedPruner.BatchEvents) + 10, (await _log.WhereAsync(many, CancellationToken.None)).Floor);
    }

    [Fact]
    public async Task An_old_event_behind_a_young_one_waits_so_that_no_hole_comes_to_be()
    {
        var user = await _database.NewUserAsync();
        await _database.AppendAsync(user, FeedDatabase.Entry("old", Old), FeedDatabase.Entry("young"), FeedDatabase.Entry("old again", Old));
        Assert.Equal(1, await _pruner.PruneAsync(Cut, CancellationToken.None));
        Assert.Equal(new FeedFloor(1, 3), await _log.WhereAsync(user, CancellationToken.None));
        Assert.Equal([2, 3], (await _log.ReadAsync(user, 1, 10, CancellationToken.None)).Select(entry => entry.Seq));
    }
}
