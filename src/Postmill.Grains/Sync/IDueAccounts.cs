namespace Postmill.Grains.Sync;

/// <summary>The schedule, across silos.</summary>
public interface IDueAccounts
{
    /// <summary>
    /// Takes up to <paramref name="most"/> connected accounts that are due or have no living owner, and keeps every silo's sweep off them for <paramref name="pause"/>.
    /// </summary>
    Task<IReadOnlyList<Guid>> TakeAsync(int most, TimeSpan pause, CancellationToken cancellationToken);
}
