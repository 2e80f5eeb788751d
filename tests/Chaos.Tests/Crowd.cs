namespace Chaos.Tests;

/// <summary>Many subscribers over all silos, spread over the users.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private const int OpenedAtOnce = 16;

    private readonly ChaosWorld _world;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    private Crowd(ChaosWorld world, IReadOnlyList<Subscriber> all)
    {
        _world = world;
        All = all;
    }

    public IReadOnlyList<Subscriber> All { get; }

    /// <summary>Returns when every socket is open.</summary>
    public static async Task<Crowd> OpenAsync(ChaosWorld world, int seed)
    {
        var ends = await Feed.EndsAsync(world.Database);
        var random = new Random(seed);
        var crowd = new Crowd(world, [.. Enumerable.Range(0, world.Options.Sockets).Select(n =>
        {
            var user = world.Users[n % world.Users.Count];
            return new Subscriber(user, world.All, new Random(random.Next()), ends.GetValueOrDefault(user.Id));
        })]);
        foreach (var some in crowd.All.Chunk(OpenedAtOnce))
        {
            foreach (var subscriber in some) crowd._running.Add(subscriber.RunAsync(crowd._stop.Token));
            await crowd.UntilOpenAsync(some);
        }

        return crowd;
    }

    public Task UntilOpenAsync() => UntilOpenAsync(All);

    /// <summary>Every socket that was open at a silo that has ended was closed with 1001 and a reason, and every subscriber has seen all of its log, once and in order.</summary>
    public async Task AssertNothingMissedAsync()
    {
        await UntilOpenAsync();
        // What is in the log now is still on its way to some.
        var ends = await Feed.EndsAsync(_world.Database);
        await Eventually.TrueAsync("every socket has caught up", () => Task.FromResult(All.All(s => s.Wrong is not null || s.Last >= ends.GetValueOrDefault(s.User.Id))),
            () => Task.FromResult(string.Join(", ", All.Where(s => s.Last < ends.GetValueOrDefault(s.User.Id)).Take(10).Select(s => $"{s.Last} of {ends.GetValueOrDefault(s.User.Id)} at {s.At?.Name}"))),
            ChaosLimits.Patience);
        Assert.Empty(All.Select(s => s.Wrong).OfType<string>().Take(5));
        var closed = All.SelectMany(s => s.Ends).ToList();
        Assert.Empty(closed.Where(e => e.Code != 1001 || string.IsNullOrEmpty(e.Reason)).Take(5));
        Assert.All(All, s => Assert.NotEmpty(s.Ends));
        _world.Report.Say($"{All.Count} sockets were closed {closed.Count} times with 1001 ({string.Join(", ", closed.Select(e => e.Reason).Distinct())}), resumed elsewhere and saw {All.Sum(s => s.Frames.Count)} frames, none missed, none twice");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task UntilOpenAsync(IReadOnlyList<Subscriber> some) => Eventually.TrueAsync("every socket is open", () => Task.FromResult(some.All(s => s.At is not null)),
        async () => $"{some.Count(s => s.At is not null)} of {some.Count}\n{await _world.Owners.DescribeAsync()}", ChaosLimits.Patience);
}
