using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Adapters.Postgres.Sync;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Acts;

/// <summary>What the owner reads and writes for acts; every write behind the fence.</summary>
internal sealed class ActStore(NpgsqlDataSource database, Fence fence) : IActStore
{
    // Of each mail the oldest act that is pending: UUIDs of version 7 are in the order in which they were asked for. Copies of sent mail come last: nobody looks at them
    // while they are made, and there may be many.
    private const string Claim = $"""
        WITH due AS (
          SELECT j.id FROM job j LEFT JOIN mailbox_act a ON a.job_id = j.id
          WHERE j.account_id = $1 AND j.kind = ANY ($2) AND (j.state = 'running' OR (j.state IN ('queued', 'retrying') AND j.next_run_at <= $3))
            AND NOT EXISTS (
              SELECT 1 FROM mailbox_act b JOIN job o ON o.id = b.job_id
              WHERE b.message_id = a.message_id AND o.id < j.id AND o.state IN ('queued', 'running', 'retrying'))
          ORDER BY j.kind = 'append_sent', j.id LIMIT $4 FOR NO KEY UPDATE OF j
        ), taken AS (
          UPDATE job AS j SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $3, ended_at = NULL, updated_at = $3
          FROM due WHERE j.id = due.id RETURNING j.*
        )
        SELECT {JobColumns.Select}, a.message_id, a.seen, a.flagged, a.target FROM taken j LEFT JOIN mailbox_act a ON a.job_id = j.id ORDER BY j.kind = 'append_sent', j.id
        """;

    public async Task<IReadOnlyList<MailboxAct>> ClaimDueAsync(Claim claim, int most, DateTimeOffset now, CancellationToken cancellationToken) =>
        await fence.RowsAsync(claim, Sql.Batch(Claim, claim.AccountId, JobKinds.OfActs.ToArray(), now, most), row => new MailboxAct(
            JobColumns.Read(row),
            row.IsDBNull(JobColumns.Count) ? null : row.GetGuid(JobColumns.Count),
            row.IsDBNull(JobColumns.Count + 1) ? null : row.GetBoolean(JobColumns.Count + 1),
            row.IsDBNull(JobColumns.Count + 2) ? null : row.GetBoolean(JobColumns.Count + 2),
            row.IsDBNull(JobColumns.Count + 3) ? null : row.GetString(JobColumns.Count + 3)), cancellationToken);

    public Task EndAsync(Claim claim, Job job, AuditLine? line, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, line is null ? [JobSql.End(job)] : [JobSql.End(job), JobSql.Line(line, job.UpdatedAt)]);

    public async Task<IReadOnlyList<MessagePlace>> PlacesAsync(Claim claim, Guid messageId, CancellationToken cancellationToken)
    {
        await using var select = database.CreateBatch();
        select.BatchCommands.Add(Places(messageId, claim.AccountId));
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<MessagePlace>();
        while (await row.ReadAsync(cancellationToken)) found.Add(ReadPlace(row));
        return found;
    }

    public async Task<IReadOnlyList<StoredFolder>> FoldersAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {FolderRows.Columns} FROM folder WHERE account_id = $1 ORDER BY id", claim.AccountId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var folders = new List<StoredFolder>();
        while (await row.ReadAsync(cancellationToken)) folders.Add(FolderRows.Read(row));
        return folders;
    }

    public Task PlaceAsync(Claim claim, PlaceChange change, CancellationToken cancellationToken)
    {
        var commands = new List<NpgsqlBatchCommand>();
        if (change.Left is { } left) commands.Add(Left(left));
        if (change.Came is { } came) commands.Add(Came(came, change.MessageId, change.Flags));
        return commands.Count == 0 ? Task.CompletedTask : fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, [.. commands]);
    }

    public async Task<StoredContent?> ContentAsync(Claim claim, Guid messageId, CancellationToken cancellationToken)
    {
        await using var select = database.Command("""
            SELECT m.message_id, coalesce(m.date, m.received_at), octet_length(r.raw)::bigint FROM message m JOIN message_raw r ON r.message_id = m.id
            WHERE m.id = $1 AND m.account_id = $2 AND m.deleted_at IS NULL
            """, messageId, claim.AccountId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        var length = row.GetInt64(2);
        return new StoredContent(FolderRows.Text(row, 0), row.GetFieldValue<DateTimeOffset>(1), length, new RawStream(database, messageId, 0, length));
    }

    /// <summary>Under an older UIDVALIDITY a place says nothing that a command could name.</summary>
    public static NpgsqlBatchCommand Places(Guid messageId, Guid accountId) => Sql.Batch("""
        SELECT f.id, f.wire_name, f.special_use, l.uid_validity, l.uid, l.flags
        FROM location l JOIN folder f ON f.id = l.folder_id AND f.uid_validity = l.uid_validity
        WHERE l.message_id = $1 AND f.account_id = $2 AND f.selectable ORDER BY f.id, l.uid
        """, messageId, accountId);

    public static MessagePlace ReadPlace(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), FolderRows.Text(row, 2), row.GetInt64(3), (uint)row.GetInt64(4), row.GetFieldValue<string[]>(5));

    private static NpgsqlBatchCommand Left(FolderUids left) => Sql.Batch("""
        WITH gone AS (DELETE FROM location WHERE folder_id = $1 AND uid_validity = $2 AND uid = ANY ($3) RETURNING 1)
        UPDATE folder SET message_count = message_count - (SELECT count(*) FROM gone) WHERE id = $1 AND uid_validity = $2
        """, left.FolderId, left.UidValidity, Uids(left));

    /// <summary>Where UIDs lie between, or the folder is being filled anew, the next sync of the folder finds these places as it finds all.</summary>
    private static NpgsqlBatchCommand Came(FolderUids came, Guid messageId, IReadOnlyList<string> flags)
    {
        var uids = Uids(came);
        return Sql.Batch("""
            WITH placed AS (
              INSERT INTO location (folder_id, uid_validity, uid, message_id, flags)
              SELECT f.id, f.uid_validity, u.uid, $4, $5 FROM folder f, unnest($3) AS u (uid) WHERE f.id = $1 AND f.uid_validity = $2
              ON CONFLICT (folder_id, uid_validity, uid) DO UPDATE SET message_id = excluded.message_id, flags = excluded.flags
              RETURNING (xmax = 0) AS is_new
            )
            UPDATE folder SET message_count = message_count + (SELECT count(*) FROM placed WHERE is_new), uid_next = CASE WHEN uid_next = $6 THEN $7 ELSE uid_next END
            WHERE id = $1 AND uid_validity = $2
            """,
            came.FolderId, came.UidValidity, uids, messageId, new NpgsqlParameter { Value = flags.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            came.Uids.RangeCount == 1 ? uids[0] : -1L, came.Uids.Max + 1L);
    }

    private static long[] Uids(FolderUids places) => [.. places.Uids.SelectMany(range => Enumerable.Range(0, (int)(range.Last - range.First) + 1).Select(at => (long)range.First + at))];
}
