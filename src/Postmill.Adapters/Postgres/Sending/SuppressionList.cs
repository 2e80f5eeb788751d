using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>The addresses that a user no longer writes to. One that has expired is as good as not there.</summary>
public sealed class SuppressionList(NpgsqlDataSource database, TimeProvider time) : ISuppressionList
{
    private const string Columns = "email, reason, source, created_at, expires_at";

    // Whoever stands there keeps his place, unless his time is over.
    internal const string Insert = """
        INSERT INTO suppression (user_id, email_key, email, reason, source, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (user_id, email_key) DO UPDATE
          SET email = excluded.email, reason = excluded.reason, source = excluded.source, created_at = excluded.created_at, expires_at = excluded.expires_at
          WHERE suppression.expires_at <= excluded.created_at
        """;

    /// <summary>Those of the addresses that are on the list now, in any spelling; the list of an enqueue is at most a mail's recipients.</summary>
    public async Task<IReadOnlyList<Suppression>> FindAsync(Guid userId, IEnumerable<string> addresses, CancellationToken cancellationToken)
    {
        var keys = addresses.Select(RecipientKey.Of).Distinct(StringComparer.Ordinal).ToArray();
        if (keys.Length == 0) return [];
        await using var select = database.Command(
            $"SELECT {Columns} FROM suppression WHERE user_id = $1 AND email_key = ANY ($2) AND (expires_at IS NULL OR expires_at > $3) ORDER BY email_key", userId, keys, time.GetUtcNow());
        return await RowsAsync(select, cancellationToken);
    }

    async Task<IReadOnlyList<string>> ISuppressionList.FindAsync(Guid userId, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken)
    {
        var found = (await FindAsync(userId, addresses, cancellationToken)).Select(suppression => RecipientKey.Of(suppression.Email)).ToHashSet(StringComparer.Ordinal);
        return found.Count == 0 ? [] : [.. addresses.Where(address => found.Contains(RecipientKey.Of(address)))];
    }

    /// <summary>Newest first; <paramref name="after"/> is the row at which the page before ended.</summary>
    public async Task<JobPage<Suppression>> ListAsync(
        Guid userId, string? email, SuppressionReason? reason, SuppressionPosition? after, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"""
            SELECT {Columns} FROM suppression
            WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2) AND ($3::text IS NULL OR email_key = $3) AND ($4::text IS NULL OR reason = $4)
              AND ($5::timestamptz IS NULL OR (created_at, email_key) < ($5, $6))
            ORDER BY created_at DESC, email_key DESC LIMIT $7 OFFSET $8
            """,
            userId, time.GetUtcNow(), JobColumns.Text(email is null ? null : RecipientKey.Of(email)), JobColumns.Text(reason?.Word()),
            after is null ? Sql.Null(NpgsqlDbType.TimestampTz) : after.CreatedAt, JobColumns.Text(after?.Key), limit + 1, offset);
        var rows = await RowsAsync(select, cancellationToken);
        return rows.Count > limit ? new JobPage<Suppression>(rows.GetRange(0, limit), More: true) : new JobPage<Suppression>(rows, More: false);
    }

    /// <summary>Puts an address on the list. Whoever is on it already stays as he is.</summary>
    /// <returns>The row as it stands then, and whether it is new.</returns>
    public async Task<(Suppression Row, bool IsNew)> AddAsync(Guid userId, Suppression suppression, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Adding(userId, suppression));
        batch.BatchCommands.Add(Sql.Batch($"SELECT {Columns} FROM suppression WHERE user_id = $1 AND email_key = $2", userId, RecipientKey.Of(suppression.Email)));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (Read(row), batch.BatchCommands[0].RecordsAffected > 0);
    }

    /// <summary>Takes an address off the list; false: it was not on it.</summary>
    public async Task<bool> RemoveAsync(Guid userId, string email, CancellationToken cancellationToken)
    {
        await using var delete = database.Command(
            "DELETE FROM suppression WHERE user_id = $1 AND email_key = $2 RETURNING expires_at IS NULL OR expires_at > $3", userId, RecipientKey.Of(email), time.GetUtcNow());
        return await delete.ExecuteScalarAsync(cancellationToken) is true;
    }

    internal static NpgsqlBatchCommand Adding(Guid userId, Suppression suppression) => Sql.Batch(
        Insert, userId, RecipientKey.Of(suppression.Email), suppression.Email, suppression.Reason.Word(), suppression.Source, suppression.CreatedAt,
        suppression.ExpiresAt is { } end ? end : Sql.Null(NpgsqlDbType.TimestampTz));

    private static async Task<List<Suppression>> RowsAsync(NpgsqlCommand select, CancellationToken cancellationToken)
    {
        var rows = new List<Suppression>();
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken)) rows.Add(Read(row));
        return rows;
    }

    private static Suppression Read(NpgsqlDataReader row) => new(
        row.GetString(0), SuppressionWords.Reason(row.GetString(1))!.Value, row.GetString(2), row.GetFieldValue<DateTimeOffset>(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4));
}

/// <summary>A place in the list.</summary>
public sealed record SuppressionPosition(DateTimeOffset CreatedAt, string Key)
{
    public static SuppressionPosition Of(Suppression row) => new(row.CreatedAt, RecipientKey.Of(row.Email));
}
