using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;
using Postmill.Grains.Feed;
using Postmill.Host.Tests.Live;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Three silos on one database, one user with a key that every silo takes.</summary>
internal sealed class FeedWorld : IAsyncDisposable
{
    private readonly ClusterHosts _cluster;
    private readonly List<CountingLog> _logs = [];

    private FeedWorld(ClusterHosts cluster) => _cluster = cluster;

    public List<HostFixture> Silos { get; } = [];

    public SignedIn User { get; private set; } = null!;

    public string Key { get; private set; } = null!;

    public ClusterHosts Cluster => _cluster;

    public static async Task<FeedWorld> StartAsync()
    {
        var world = new FeedWorld(await ClusterHosts.NewAsync());
        for (var n = 0; n < 3; n++) await world.AddSiloAsync();
        await ClusterHosts.SeeEachOtherAsync([.. world.Silos]);
        world.User = await world.Silos[0].SignUpAsync();
        world.Key = await HostFixture.NewKeyAsync(world.User, "read");
        return world;
    }

    public async Task<HostFixture> AddSiloAsync()
    {
        var log = new CountingLog();
        var silo = await _cluster.StartAsync(configure: b =>
        {
            b.Services.AddSingleton<IFeedLog>(services =>
            {
                log.Inner = new PostgresFeedLog(services.GetRequiredService<NpgsqlDataSource>());
                return log;
            });
        }, settings: [("Postmill:Live:CatchUpPage", "64"), ("Postmill:Live:QueueFrames", "32"), ("Postmill:Live:CloseSeconds", "1")]);
        Silos.Add(silo);
        _logs.Add(log);
        return silo;
    }

    public Task<InboxClient> ConnectAsync(HostFixture silo, long? after = null) => InboxClient.ConnectAsync(silo.Address, "/mail/ws/inbox" + (after is null ? "" : $"?after={after}"), Key);

    /// <summary>Events in a transaction, written by this silo; then its word to the grain unless the word is lost.</summary>
    public Task PublishAsync(HostFixture by, int first, int count, bool wake = true) => PublishAsync(by, User.UserId, first, count, wake);

    /// <inheritdoc cref="PublishAsync(HostFixture, int, int, bool)"/>
    public static async Task PublishAsync(HostFixture by, Guid userId, int first, int count, bool wake = true)
    {
        await using var connection = await by.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var entries = Enumerable.Range(first, count).Select(n => new FeedEntry("test", LiveHost.Frame(n), TimeProvider.System.GetUtcNow())).ToList();
        var last = await FeedWriter.AppendAsync(connection, transaction, userId, entries, CancellationToken.None);
        await transaction.CommitAsync();
        if (wake) await by.Services.GetRequiredService<IGrainFactory>().Feed(userId).Advanced(last);
    }

    /// <summary>The silo that runs the user's grain: the one whose log was read although its sockets are live.</summary>
    public HostFixture GrainsSilo() => Silos[_logs.FindIndex(l => l.Reads(User.UserId) > 0)];

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private sealed class CountingLog : IFeedLog
    {
        private readonly ConcurrentDictionary<Guid, int> _reads = new();

        public IFeedLog Inner { get; set; } = null!;

        public int Reads(Guid userId) => _reads.GetValueOrDefault(userId);

        public Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid userId, long after, int max, CancellationToken cancellationToken)
        {
            _reads.AddOrUpdate(userId, 1, static (_, count) => count + 1);
            return Inner.ReadAsync(userId, after, max, cancellationToken);
        }

        public Task<FeedFloor> WhereAsync(Guid userId, CancellationToken cancellationToken) => Inner.WhereAsync(userId, cancellationToken);
    }
}
