using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;
using Postmill.Grains.Feed;

namespace Postmill.Host.Tests.Live;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Going_away_closes_every_socket_with_1001_before_the_server_stops()
    {
        await using var host = await LiveHost.StartAsync(("CloseSeconds", "2"));
        var clients = new List<InboxClient>();
        for (var i = 0; i < 10; i++) clients.Add(await host.ConnectAsync());
        await using var deaf = await RawClient.ConnectAsync(host);
        var stopping = host.Host.StopAsync();
        foreach (var client in clients) Assert.Equal(1001, await client.ClosedAsync());
        Assert.Equal(1001, await deaf.CloseCodeAsync());
        await stopping.WaitAsync(LiveHost.Patience);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_followed_again_from_where_it_was()
    {
        var flaky = new FlakyLog();
        await using var host = await LiveHost.StartAsync(builder => builder.Services.AddSingleton<IFeedLog>(provider =>
        {
            flaky.Inner = new PostgresFeedLog(provider.GetRequiredService<NpgsqlDataSource>());
            return flaky;
        }));
        await using var client = await host.ConnectAsync(after: 0);
        await host.PublishAsync(1, 3);
        Assert.Equal([1, 2, 3], await client.NumbersAsync(3));
        flaky.Broken = true;
        await host.PublishAsync(4, 3);
        await flaky.Asked.Task.WaitAsync(LiveHost.Patience);
        flaky.Broken = false;
        await host.PublishAsync(7, 3);
        Assert.Equal([4, 5, 6, 7, 8, 9], await client.NumbersAsync(6));
        await client.AssertSilentAsync();
    }

    private sealed class FlakyLog : IFeedLog
    {
        public IFeedLog Inner { get; set; } = null!;

        public volatile bool Broken;

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid userId, long after, int max, CancellationToken cancellationToken)
        {
            if (!Broken) return Inner.ReadAsync(userId, after, max, cancellationToken);
            Asked.TrySetResult();
            throw new NpgsqlException("the log is away");
        }

        public Task<FeedFloor> WhereAsync(Guid userId, CancellationToken cancellationToken) => Inner.WhereAsync(userId, cancellationToken);
    }
}
