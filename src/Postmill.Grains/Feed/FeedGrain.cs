using Postmill.Domain.Feed;
using Postmill.Grains.Placement;

namespace Postmill.Grains.Feed;

/// <summary>The tail of one user's log. It keeps nothing: all is read from the event table, so a second activation would do no harm.</summary>
[GrainType(FeedGrains.GrainType), RendezvousPlacement]
internal sealed class FeedGrain(IFeedLog log, LocalGrains local, TimeProvider timeProvider) : Grain, IFeedGrain
{
    private LogFollower? _follower;
    private Guid _userId;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _userId = Guid.Parse(this.GetPrimaryKeyString());
        _follower = new LogFollower(log, _userId, timeProvider, local.Leaving);
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
