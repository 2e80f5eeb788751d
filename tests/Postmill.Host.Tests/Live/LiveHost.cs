using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;

namespace Postmill.Host.Tests.Live;

/// <summary>A host with short live settings, one user and his key.</summary>
internal sealed class LiveHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private LiveHost(HostFixture host, SignedIn user, string key)
    {
        Host = host;
        User = user;
        Key = key;
    }

    public HostFixture Host { get; }

    public SignedIn User { get; }

    public string Key { get; }

    /// <param name="settings">Names within <c>Postmill:Live</c>.</param>
    public static async Task<LiveHost> StartAsync(Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var host = await HostFixture.StartAsync(new HostFixtureOptions
        {
            Settings = settings.ToDictionary(setting => $"Postmill:Live:{setting.Name}", setting => setting.Value),
            Configure = configure,
        });
        var user = await host.SignUpAsync();
        return new LiveHost(host, user, await HostFixture.NewKeyAsync(user, "read"));
    }

    public static Task<LiveHost> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    public Task<InboxClient> ConnectAsync(long? after = null) =>
        InboxClient.ConnectAsync(Host.Address, "/mail/ws/inbox" + (after is null ? "" : $"?after={after}"), Key);

    /// <summary>Events as a writer makes them true: in a transaction, then a word to the grain.</summary>
    public async Task<long> PublishAsync(params string[] frames)
    {
        var last = await AppendAsync(frames);
        await Host.Services.GetRequiredService<IGrainFactory>().Feed(User.UserId).Advanced(last);
        return last;
    }

    /// <summary>Numbered events <c>{"type":"test","n":…}</c>.</summary>
    public Task<long> PublishAsync(int first, int count, int padding = 0) => PublishAsync([.. Enumerable.Range(first, count).Select(n => Frame(n, padding))]);

    public async Task<long> AppendAsync(params string[] frames)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var entries = frames.Select(frame => new FeedEntry("test", frame, TimeProvider.System.GetUtcNow())).ToList();
        var last = await FeedWriter.AppendAsync(connection, transaction, User.UserId, entries, CancellationToken.None);
        await transaction.CommitAsync();
        return last;
    }

    public NpgsqlDataSource Database => Host.Services.GetRequiredService<NpgsqlDataSource>();

    public static string Frame(int n, int padding = 0) => $$"""{"type":"test","n":{{n}},"pad":"{{new string('x', padding)}}"}""";

    /// <summary>Waits until the silo has this many sockets.</summary>
    public async Task WaitForSocketsAsync(int count)
    {
        var sockets = Host.Services.GetRequiredService<Postmill.Host.Live.LiveSockets>();
        using var patience = new CancellationTokenSource(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (sockets.Count != count) Assert.True(await tick.WaitForNextTickAsync(patience.Token), $"there are {sockets.Count} sockets, not {count}");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
