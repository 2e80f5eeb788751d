using Postmill.Domain.Feed;

namespace Postmill.Grains.Feed;

/// <summary>The tail of one user's log. It keeps nothing: all is read from the event table, so a second activation would do no harm.</summary>
internal sealed class FeedGrain(IFeedLog log, TimeProvider time) : Grain, IFeedGrain
{
    private LogFollower? _follower;
    private Guid _userId;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _userId = Guid.Parse(this.GetPrimaryKeyString());
        _follower = new LogFollower(log, _userId, time);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<FeedEvent> Follow(long after, CancellationToken cancellationToken) => Follower.FollowAsync(after, cancellationToken);

    public Task<FeedFloor> Where() => log.WhereAsync(_userId, CancellationToken.None);

    public Task Advanced(long seq)
    {
        Follower.Advanced(seq);
        return Task.CompletedTask;
    }

    private LogFollower Follower => _follower ?? throw new InvalidOperationException("the grain is not active");
}
