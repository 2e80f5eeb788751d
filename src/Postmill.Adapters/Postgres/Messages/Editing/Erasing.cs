using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>
/// Deletes records for good and remembers that they were there: the row keeps its identity (the hash of the content) and its places, so that neither a full sync nor a
/// renumbered folder takes the same content for new, and the number of places stays what the server counts.
/// </summary>
internal static class Erasing
{
    /// <summary>Rows that somebody else is writing are left for later: what deletes many waits for nobody, and nobody can wait for it in a circle.</summary>
    private const string Erase = """
        WITH chosen AS (SELECT id FROM message WHERE id = ANY ($1) AND account_id = $2 AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE message m
        SET deleted_at = $3, updated_at = $3, message_id = NULL, subject = NULL, from_json = '[]', to_json = '[]', cc_json = '[]', bcc_json = '[]', reply_to_json = '[]',
          date = NULL, has_attachments = false, snippet = '', tags = '{}', notes = NULL, read_here = NULL, starred_here = NULL, folder_here = NULL
        FROM chosen WHERE m.id = chosen.id
        """;

    /// <summary>For one transaction. The first command's count is the number of mails.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Commands(Guid[] ids, Guid accountId, DateTimeOffset now)
    {
        yield return Sql.Batch(Erase, ids, accountId, now);
        const string erased = "USING message m WHERE x.message_id = m.id AND m.id = ANY ($1) AND m.deleted_at IS NOT NULL";
        yield return Sql.Batch($"DELETE FROM message_search x {erased}", ids);
        yield return Sql.Batch($"DELETE FROM message_part x {erased}", ids);
        // An export names it: the bytes go with the export. Whoever lists mails for one has locked their rows before, so its entries are seen here.
        yield return Sql.Batch($"DELETE FROM message_raw x {erased} AND NOT EXISTS (SELECT 1 FROM export_entry e WHERE e.message_id = x.message_id)", ids);
    }
}
