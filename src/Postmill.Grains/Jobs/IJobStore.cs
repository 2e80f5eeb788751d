using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;

namespace Postmill.Grains.Jobs;

/// <summary>The jobs of an account as its owner writes them. What a run's start and end do to them is written with the account's own row (<see cref="Accounts.IAccountStore"/>).</summary>
/// <remarks>Each method is one transaction and throws <see cref="Accounts.OwnershipLostException"/> when the claim is stale.</remarks>
public interface IJobStore
{
    /// <summary>Due jobs of these kinds that people asked for; from the commit on they are running.</summary>
    Task<IReadOnlyList<Job>> ClaimDueAsync(Claim claim, IReadOnlyList<string> kinds, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a job that is running as <paramref name="job"/> says.</summary>
    Task EndAsync(Claim claim, Job job, CancellationToken cancellationToken);
}
