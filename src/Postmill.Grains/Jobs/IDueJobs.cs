namespace Postmill.Grains.Jobs;

/// <summary>Jobs whose time has come, across silos. Those of the schedule are not among them: their time is the account's.</summary>
public interface IDueJobs
{
    /// <summary>Takes up to <paramref name="most"/> jobs and keeps every silo's look off them for <paramref name="pause"/>; answers how many, and whose they are, each account once.</summary>
    Task<(int Jobs, IReadOnlyList<Guid> Accounts)> TakeAsync(int most, TimeSpan pause, DateTimeOffset now, CancellationToken cancellationToken);
}
