using Npgsql;

namespace Postmill.Testing.Mailboxes;

/// <summary>What the store says of a mailbox, read from the tables; the hash is PostgreSQL's own, of the raw bytes it holds.</summary>
public static class StoredMailbox
{
    public static async Task<IReadOnlyList<MailPlace>> ReadAsync(string connectionString, Guid account)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var select = database.CreateCommand("""
            SELECT f.wire_name, l.uid, array_to_string(ARRAY(SELECT flag FROM unnest(l.flags) AS flag ORDER BY flag COLLATE "C"), ' '), upper(encode(sha256(r.raw), 'hex')), m.received_at,
              upper(encode(m.sha256, 'hex'))
            FROM location l JOIN folder f ON f.id = l.folder_id JOIN message m ON m.id = l.message_id JOIN message_raw r ON r.message_id = m.id
            WHERE f.account_id = $1
            """);
        select.Parameters.Add(new() { Value = account });
        await using var row = await select.ExecuteReaderAsync();
        var places = new List<MailPlace>();
        while (await row.ReadAsync())
        {
            if (row.GetString(3) != row.GetString(5)) throw new InvalidOperationException($"{row.GetString(0)} {row.GetInt64(1)}: the raw bytes hash to {row.GetString(3)}, the row says {row.GetString(5)}");
            places.Add(new MailPlace(row.GetString(0), (uint)row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)));
        }

        return places;
    }
}
