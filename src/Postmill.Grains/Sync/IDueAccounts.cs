namespace Postmill.Grains.Sync;

/// <summary>The schedule, across silos.</summary>
public interface IDueAccounts
{
    /// <summary>
    /// Takes up to <paramref name="most"/> connected accounts, those without a living owner first, then the most overdue, and keeps every silo's sweep off them for
    /// <paramref name="pause"/>. What a living silo owns is prompt by its grain's timer and is taken only when it is later than <paramref name="slack"/>.
    /// </summary>
    Task<IReadOnlyList<Guid>> TakeAsync(int most, TimeSpan pause, TimeSpan slack, CancellationToken cancellationToken);
}
