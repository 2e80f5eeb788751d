using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Http;

/// <summary>Table <c>idempotent_request</c>: the database decides which of several equal requests runs, on whichever silos they arrive.</summary>
internal sealed class IdempotencyRows(NpgsqlDataSource database)
{
    /// <summary>A row that was read as taken may be gone a moment later, when its run was not worth keeping; then the claim is tried again, this often.</summary>
    private const int ClaimAttempts = 3;

    // A row that has expired is as good as none. One whose lease has passed without an answer was lost with its silo; whether it may run again is the route's to say.
    private const string Claim = """
        INSERT INTO idempotent_request AS r (user_id, key, fingerprint, run_id, lease_until, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (user_id, key) DO UPDATE
          SET fingerprint = excluded.fingerprint, run_id = excluded.run_id, lease_until = excluded.lease_until, expires_at = excluded.expires_at,
              status = NULL, content_type = NULL, body = NULL
          WHERE r.expires_at <= $7 OR ($8 AND r.status IS NULL AND r.lease_until <= $7 AND r.fingerprint = excluded.fingerprint)
        RETURNING 1
        """;

    private const string Read = "SELECT fingerprint, lease_until, status, content_type, body FROM idempotent_request WHERE user_id = $1 AND key = $2";

    // The run is named: one that outlived its lease and was repeated meanwhile has nothing to say any more.
    private const string Keep = "UPDATE idempotent_request SET status = $4, content_type = $5, body = $6 WHERE user_id = $1 AND key = $2 AND run_id = $3";
    private const string Forget = "DELETE FROM idempotent_request WHERE user_id = $1 AND key = $2 AND run_id = $3 AND status IS NULL";
    private const string Lose = "UPDATE idempotent_request SET lease_until = $4 WHERE user_id = $1 AND key = $2 AND run_id = $3 AND status IS NULL";

    private const string Prune = """
        DELETE FROM idempotent_request WHERE (user_id, key) IN (
          SELECT user_id, key FROM idempotent_request WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    /// <param name="runsAgain">Whether a run that was lost may be repeated.</param>
    public async Task<IdempotencyClaim> ClaimAsync(
        IdempotencyRun run, byte[] fingerprint, DateTimeOffset now, TimeSpan lease, TimeSpan kept, bool runsAgain, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using (var claim = database.Command(Claim, run.UserId, run.Key, fingerprint, run.Id, now + lease, now + kept, now, runsAgain))
                if (await claim.ExecuteScalarAsync(cancellationToken) is not null) return new IdempotencyClaim.Run();
            if (await ReadAsync(run, fingerprint, cancellationToken) is { } found) return found;
            if (attempt == ClaimAttempts) return new IdempotencyClaim.Running(now + lease);
        }
    }

    public Task KeepAsync(IdempotencyRun run, KeptAnswer answer, CancellationToken cancellationToken) => ExecuteAsync(database.Command(
        Keep, run.UserId, run.Key, run.Id, (short)answer.Status,
        (object?)answer.ContentType ?? Sql.Null(NpgsqlDbType.Text), (object?)answer.Body ?? Sql.Null(NpgsqlDbType.Bytea)), cancellationToken);

    /// <summary>As though it had never been asked.</summary>
    public Task ForgetAsync(IdempotencyRun run, CancellationToken cancellationToken) =>
        ExecuteAsync(database.Command(Forget, run.UserId, run.Key, run.Id), cancellationToken);

    /// <summary>Nobody knows how it ended: the same as a lease that has passed.</summary>
    public Task LoseAsync(IdempotencyRun run, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync(database.Command(Lose, run.UserId, run.Key, run.Id, now), cancellationToken);

    /// <summary>Removes at most <paramref name="limit"/> expired rows; returns how many went.</summary>
    public Task<int> PruneAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => ExecuteAsync(database.Command(Prune, now, limit), cancellationToken);

    private async Task<IdempotencyClaim?> ReadAsync(IdempotencyRun run, byte[] fingerprint, CancellationToken cancellationToken)
    {
        await using var command = database.Command(Read, run.UserId, run.Key);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        if (!row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(fingerprint)) return new IdempotencyClaim.Reused();
        if (row.IsDBNull(2)) return new IdempotencyClaim.Running(row.GetFieldValue<DateTimeOffset>(1));
        return new IdempotencyClaim.Answered(new KeptAnswer(
            row.GetInt16(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4)));
    }

    private static async Task<int> ExecuteAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command) return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
