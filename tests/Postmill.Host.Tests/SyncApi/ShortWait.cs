using Postmill.Domain.Accounts;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>Real time, except that a piece of the minute that a POST waits for its run is over at once.</summary>
public sealed class ShortWait : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == AccountGrains.WaitPiece ? TimeSpan.FromMilliseconds(1) : dueTime, period);
}
