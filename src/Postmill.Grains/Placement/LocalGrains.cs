using System.Collections.Concurrent;

namespace Postmill.Grains.Placement;

/// <summary>What this silo's grains and its end know of each other.</summary>
public sealed class LocalGrains : IDisposable
{
    private readonly ConcurrentDictionary<GrainId, IGrainContext> _accounts = new();
    private readonly CancellationTokenSource _leaving = new();

    /// <summary>
    /// Cancelled when the silo leaves. An activation ends only when no call of it runs, so what waits long inside a grain (a follower of the feed, a caller who wants the end of a run) lets
    /// go then; the caller asks again, and the next owner answers.
    /// </summary>
    public CancellationToken Leaving => _leaving.Token;

    /// <summary>The account grains that are active here.</summary>
    internal ICollection<IGrainContext> Accounts => _accounts.Values;

    public void Leave() => _leaving.Cancel();

    public void Dispose() => _leaving.Dispose();

    internal void Add(IGrainContext account) => _accounts[account.GrainId] = account;

    /// <summary>Leaves a newer activation of the same grain alone.</summary>
    internal void Remove(IGrainContext account) => _accounts.TryRemove(new KeyValuePair<GrainId, IGrainContext>(account.GrainId, account));
}
