using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Sync;

/// <summary>What a run writes: each method is one fenced transaction, nearly always one round trip.</summary>
internal sealed class SyncStore(NpgsqlDataSource database, Fence fence, MessageWriter messages) : ISyncStore
{
    public async Task<IReadOnlyList<StoredFolder>> ReconcileFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken)
    {
        var stored = await FoldersAsync(claim, cancellationToken);
        if (!Agree(stored, folders))
        {
            await WriteFoldersAsync(claim, folders, firstSync, cancellationToken);
            stored = await FoldersAsync(claim, cancellationToken);
        }

        var order = folders.Select((f, at) => (f.WireName, at)).ToDictionary(f => f.WireName, f => f.at, StringComparer.Ordinal);
        return [.. stored.Select(s => s.Folder).OrderBy(f => order.GetValueOrDefault(f.WireName, int.MaxValue))];
    }

    /// <summary>As a rule nothing has changed; then nothing is locked or written. A line that could not be read says nothing of a folder that is known, nor that others are gone.</summary>
    private static bool Agree(List<ListedFolder> stored, IReadOnlyList<ServerFolder> folders)
    {
        if (stored.Count != folders.Count && !folders.Any(f => f.IsUnreadable)) return false;
        var named = stored.ToDictionary(s => s.Folder.WireName, StringComparer.Ordinal);
        return folders.All(f => named.TryGetValue(f.WireName, out var s) && s.Folder.BaselineUid >= 0
            && (f.IsUnreadable || (s.Folder.Name, s.Delimiter, s.Folder.SpecialUse, s.Folder.Selectable) == (f.Name, f.Delimiter, f.SpecialUse, f.Selectable)));
    }

    private Task WriteFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken,
            Sql.Batch("DELETE FROM folder WHERE account_id = $1 AND wire_name <> ALL ($2) AND NOT $3", claim.AccountId, folders.Select(f => f.WireName).ToArray(), folders.Any(f => f.IsUnreadable)),
            Sql.Batch("""
                INSERT INTO folder (account_id, wire_name, name, delimiter, special_use, selectable, baseline_uid)
                SELECT $1, f.wire_name, coalesce(known.name, f.name), coalesce(known.delimiter, f.delimiter), coalesce(known.special_use, f.special_use),
                  coalesce(known.selectable, f.selectable), f.baseline_uid
                FROM unnest($2, $3, $4, $5, $6, $7, $8) AS f (wire_name, name, delimiter, special_use, selectable, baseline_uid, is_unreadable)
                  LEFT JOIN folder known ON known.account_id = $1 AND known.wire_name = f.wire_name AND f.is_unreadable
                ON CONFLICT (account_id, wire_name) DO UPDATE
                  SET name = excluded.name, delimiter = excluded.delimiter, special_use = excluded.special_use, selectable = excluded.selectable,
                    baseline_uid = CASE WHEN folder.baseline_uid < 0 THEN excluded.baseline_uid ELSE folder.baseline_uid END
                  WHERE folder.baseline_uid < 0 OR (folder.name, folder.delimiter, folder.special_use, folder.selectable)
                    IS DISTINCT FROM (excluded.name, excluded.delimiter, excluded.special_use, excluded.selectable)
                """,
                claim.AccountId,
                folders.Select(f => f.WireName).ToArray(),
                folders.Select(f => f.Name).ToArray(),
                folders.Select(f => f.Delimiter).ToArray(),
                folders.Select(f => f.SpecialUse).ToArray(),
                folders.Select(f => f.Selectable).ToArray(),
                folders.Select(f => firstSync ? f.Status?.UidNext ?? 0 : 0).ToArray(),
                folders.Select(f => f.IsUnreadable).ToArray()));

    public async Task<StoredFolder?> InboxAsync(Claim claim, CancellationToken cancellationToken) =>
        (await FoldersAsync(claim, cancellationToken, "AND special_use = 'inbox'")).FirstOrDefault()?.Folder;

    public async Task<UidRanges> UidsAsync(Claim claim, long folderId, long uidValidity, CancellationToken cancellationToken)
    {
        // Islands of consecutive UIDs: what crosses the line is the number of gaps, not of mails.
        await using var select = database.Command("""
            SELECT min(uid), max(uid) FROM (SELECT uid, uid - row_number() OVER (ORDER BY uid) AS island FROM location WHERE folder_id = $1 AND uid_validity = $2) AS uids
            GROUP BY island
            """, folderId, uidValidity);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var ranges = new List<UidRange>();
        while (await row.ReadAsync(cancellationToken)) ranges.Add(new UidRange((uint)row.GetInt64(0), (uint)row.GetInt64(1)));
        return UidRanges.Of(ranges);
    }

    public Task BeginFolderAsync(Claim claim, StoredFolder folder, long uidValidity, long? highestModSeq, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken,
            // A server may come back to a UIDVALIDITY it had before: its old places say nothing any more.
            Sql.Batch("DELETE FROM location WHERE folder_id = $1 AND uid_validity = $2", folder.Id, uidValidity),
            Sql.Batch("UPDATE folder SET uid_validity = $2, uid_next = NULL, highest_modseq = $3, baseline_uid = $4, message_count = 0 WHERE id = $1",
                folder.Id, uidValidity, Bigint(highestModSeq), folder.BaselineUid));

    public Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken) => messages.StoreAsync(claim, batch, cancellationToken);

    // The cursor that says these flags are known is written later, and waits for the disk; without mod-sequences all flags are read again anyway.
    public Task ApplyFlagsAsync(Claim claim, long folderId, long uidValidity, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.Soon, cancellationToken, Sql.Batch("""
            UPDATE location SET flags = change.flags
            FROM (SELECT uid, string_to_array(nullif(flags, ''), ' ') AS flags FROM unnest($3, $4) AS c (uid, flags)) AS raw,
              LATERAL (SELECT coalesce(raw.flags, '{}') AS flags) AS change
            WHERE location.folder_id = $1 AND location.uid_validity = $2 AND location.uid = raw.uid AND location.flags <> change.flags
            """,
            folderId, uidValidity, changes.Select(c => (long)c.Uid).ToArray(), changes.Select(c => FlagText.Join(c.Flags)).ToArray()));

    public Task RemoveAsync(Claim claim, long folderId, long uidValidity, UidRanges uids, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, Sql.Batch("""
            WITH gone AS (
              DELETE FROM location USING unnest($3, $4) AS range (first, last)
              WHERE folder_id = $1 AND uid_validity = $2 AND uid BETWEEN range.first AND range.last
              RETURNING 1
            )
            UPDATE folder SET message_count = message_count - (SELECT count(*) FROM gone) WHERE id = $1
            """,
            folderId, uidValidity, uids.Select(r => (long)r.First).ToArray(), uids.Select(r => (long)r.Last).ToArray()));

    public Task<long> FinishFolderAsync(Claim claim, long folderId, FolderCursor cursor, CancellationToken cancellationToken) =>
        fence.ScalarAsync<long>(claim, Sql.Batch("""
            WITH older AS (DELETE FROM location WHERE folder_id = $1 AND uid_validity <> $2)
            UPDATE folder SET uid_validity = $2, uid_next = $3, highest_modseq = $4 WHERE id = $1 RETURNING message_count
            """,
            folderId, cursor.UidValidity, Bigint(cursor.UidNext), Bigint(cursor.HighestModSeq)), cancellationToken);

    public Task ParkFolderAsync(Claim claim, long folderId, string? reason, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken,
            Sql.Batch("UPDATE folder SET parked_reason = $2 WHERE id = $1", folderId, reason ?? (object)Sql.Null(NpgsqlDbType.Text)));

    private async Task<List<ListedFolder>> FoldersAsync(Claim claim, CancellationToken cancellationToken, string filter = "")
    {
        await using var select = database.Command($"SELECT {FolderRows.Columns}, delimiter FROM folder WHERE account_id = $1 {filter}", claim.AccountId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var folders = new List<ListedFolder>();
        while (await row.ReadAsync(cancellationToken)) folders.Add(new ListedFolder(FolderRows.Read(row), FolderRows.Text(row, FolderRows.Count)));
        return folders;
    }

    private static object Bigint(long? value) => value is { } known ? known : Sql.Null(NpgsqlDbType.Bigint);

    private sealed record ListedFolder(StoredFolder Folder, string? Delimiter);
}
