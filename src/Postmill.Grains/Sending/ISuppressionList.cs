namespace Postmill.Grains.Sending;

/// <summary>Addresses that a user's mail does not go to: they bounced for good, complained, unsubscribed, or were put there by hand.</summary>
public interface ISuppressionList
{
    /// <summary>Those of <paramref name="addresses"/> that are on it now, as they were given.</summary>
    Task<IReadOnlyList<string>> FindAsync(Guid userId, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken);
}
