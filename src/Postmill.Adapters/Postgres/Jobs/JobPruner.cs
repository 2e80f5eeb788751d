using Npgsql;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>Removes what is past its retention, a bounded batch a statement. What stands open or uncertain stays until it has ended.</summary>
internal sealed class JobPruner(NpgsqlDataSource database)
{
    private const string Jobs = """
        DELETE FROM job WHERE id = ANY (ARRAY (
          SELECT id FROM job WHERE ended_at < $1 AND state IN ('succeeded', 'failed', 'resolved', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM export WHERE job_id = job.id) ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    private const string Tasks = """
        DELETE FROM task WHERE id = ANY (ARRAY (
          SELECT id FROM task WHERE created_at < $1 AND NOT standing AND NOT EXISTS (SELECT 1 FROM job WHERE task_id = task.id) ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """;

    private const string Lines = "DELETE FROM audit WHERE id = ANY (ARRAY (SELECT id FROM audit WHERE at < $1 ORDER BY at LIMIT $2))";

    /// <summary>Jobs that ended before, and tasks without a job.</summary>
    public async Task<long> PruneJobsAsync(DateTimeOffset before, int batch, CancellationToken cancellationToken) =>
        await PruneAsync(Jobs, before, batch, cancellationToken) + await PruneAsync(Tasks, before, batch, cancellationToken);

    public Task<long> PruneLogAsync(DateTimeOffset before, int batch, CancellationToken cancellationToken) => PruneAsync(Lines, before, batch, cancellationToken);

    private async Task<long> PruneAsync(string sql, DateTimeOffset before, int batch, CancellationToken cancellationToken)
    {
        for (long total = 0; ;)
        {
            await using var delete = database.Command(sql, before, batch);
            var gone = await delete.ExecuteNonQueryAsync(cancellationToken);
            total += gone;
            if (gone < batch) return total;
        }
    }
}
