using Postmill.Domain.Feed;
using Postmill.Grains.Feed;

namespace Postmill.Grains.Tests.Feed;

/// <summary>A log in memory that says when it was read to its end.</summary>
internal sealed class ListedLog : IFeedLog
{
    private readonly Lock _gate = new();
    private readonly List<FeedEvent> _events = [];
    private readonly Dictionary<long, TaskCompletionSource> _ends = [];

    public int Reads { get; private set; }

    public int LargestPage { get; private set; }

    public long Append(int count = 1)
    {
        lock (_gate)
        {
            for (var i = 0; i < count; i++) _events.Add(new FeedEvent(_events.Count + 1, "test", "{}", DateTimeOffset.UnixEpoch));
            return _events.Count;
        }
    }

    /// <summary>A reader has asked for what comes after <paramref name="seq"/> and there was nothing.</summary>
    public Task ReadToEndAsync(long seq)
    {
        lock (_gate) return End(seq).Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid userId, long after, int max, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Reads++;
            var page = _events.Where(entry => entry.Seq > after).Take(max).ToList();
            LargestPage = Math.Max(LargestPage, page.Count);
            if (page.Count == 0) End(after).TrySetResult();
            return Task.FromResult<IReadOnlyList<FeedEvent>>(page);
        }
    }

    public Task<FeedFloor> WhereAsync(Guid userId, CancellationToken cancellationToken) => Task.FromResult(new FeedFloor(0, _events.Count));

    private TaskCompletionSource End(long seq)
    {
        if (!_ends.TryGetValue(seq, out var end)) _ends.Add(seq, end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return end;
    }
}
