using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>The folders of an account with what is shown in them. Counts are taken when asked for: a counter that every edit and every sync keeps would be one row for all to wait for.</summary>
public sealed class FolderQueries(NpgsqlDataSource database)
{
    // A mail is read if one of its places says so, and is where the user put it: as a list shows it. A name that he made up is a folder too.
    private const string List = """
        WITH mail AS (
          SELECT m.folder_here, coalesce(m.read_here, bool_or('\Seen' = ANY (l.flags)), false) AS is_read, array_agg(DISTINCT l.folder_id) AS places
          FROM message m LEFT JOIN location l ON l.message_id = m.id
          WHERE m.account_id = $1 AND m.deleted_at IS NULL GROUP BY m.id
        ), place AS (
          SELECT folder_id, NULL AS made_up, is_read FROM mail CROSS JOIN LATERAL unnest(places) AS folder_id WHERE folder_here IS NULL AND folder_id IS NOT NULL
          UNION ALL
          SELECT f.id, CASE WHEN f.id IS NULL THEN folder_here END, is_read FROM mail LEFT JOIN folder f ON f.account_id = $1 AND f.name = folder_here WHERE folder_here IS NOT NULL
        ), counted AS (
          SELECT folder_id, made_up, count(*) AS total, count(*) FILTER (WHERE NOT is_read) AS unread FROM place GROUP BY folder_id, made_up
        )
        SELECT f.id, coalesce(f.name, c.made_up), f.delimiter, f.special_use, coalesce(f.selectable, false), f.parked_reason, coalesce(c.total, 0), coalesce(c.unread, 0)
        FROM (SELECT * FROM folder WHERE account_id = $1) AS f FULL JOIN counted c ON c.folder_id = f.id
        ORDER BY coalesce(f.special_use = 'inbox', false) DESC, f.id IS NULL, 2
        """;

    /// <summary>INBOX, the server's other folders, those that the user made up; null when the account is not there.</summary>
    /// <exception cref="SearchTooSlowException">Stopped.</exception>
    public async Task<IReadOnlyList<StoredFolderCount>?> ListAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        await SearchQueries.SearchAsync(database, accountId, userId, Sql.Batch(List, accountId), async rows =>
        {
            var folders = new List<StoredFolderCount>();
            while (await rows.ReadAsync(cancellationToken))
            {
                folders.Add(new StoredFolderCount(
                    rows.IsDBNull(0) ? null : rows.GetInt64(0), rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3),
                    rows.GetBoolean(4), rows.IsDBNull(5) ? null : rows.GetString(5), rows.GetInt64(6), rows.GetInt64(7)));
            }

            return folders;
        }, cancellationToken);
}

/// <summary>A folder and how many mails it shows.</summary>
/// <param name="Id">Null: no folder of the server, a name in records alone.</param>
/// <param name="ParkedReason">Why the server does not give it; null when it does.</param>
public sealed record StoredFolderCount(long? Id, string Name, string? Delimiter, string? SpecialUse, bool Selectable, string? ParkedReason, long Total, long Unread);
