using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>The owner's own statements on jobs, behind the fence.</summary>
internal sealed class JobStore(Fence fence) : IJobStore
{
    /// <summary>Jobs of one account that one look claims; more than a person enqueues in two seconds.</summary>
    private const int MostAtOnce = 100;

    public async Task<IReadOnlyList<Job>> ClaimDueAsync(Claim claim, IReadOnlyList<string> kinds, DateTimeOffset now, CancellationToken cancellationToken) =>
        await fence.RowsAsync(claim, Sql.Batch($"""
            UPDATE job AS j SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $3, ended_at = NULL, updated_at = $3
            WHERE j.id = ANY (ARRAY (
              SELECT id FROM job WHERE account_id = $1 AND state IN ('queued', 'retrying') AND cause IN ('user', 'post') AND kind = ANY ($2) AND next_run_at <= $3
              ORDER BY next_run_at LIMIT $4 FOR NO KEY UPDATE))
            RETURNING {JobColumns.Select}
            """, claim.AccountId, kinds.ToArray(), now, MostAtOnce), JobColumns.Read, cancellationToken);

    public Task EndAsync(Claim claim, Job job, CancellationToken cancellationToken) => fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, JobSql.End(job));
}
