using System.Text.Json;
using Npgsql;
using Postmill.Adapters.Mail;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Reindexing;

/// <summary>
/// Cuts the words of mail anew that was cut otherwise, a few mails a transaction, and with them puts right what size and hash its parts have. Nothing else
/// changes: the mail is not touched, nobody is told. Several silos may do it at once; each leaves alone what another one has in hand, and what is being deleted.
/// </summary>
internal sealed class SearchReindex(NpgsqlDataSource database)
{
    /// <summary>Mails of one transaction: some tens of milliseconds.</summary>
    public const int Together = 32;

    /// <summary>Raw octets of one transaction, but for a single larger mail.</summary>
    private const int MostOctets = 4 * 1024 * 1024;

    private static readonly string Old = $"version < {SearchVector.Version}";

    // The mail's row is held so that who deletes it comes after this, and finds the new words to delete.
    private static readonly string Take = $"""
        WITH old AS (
          SELECT s.message_id FROM message_search s JOIN message m ON m.id = s.message_id JOIN message_raw r ON r.message_id = m.id
          WHERE s.{Old} AND m.deleted_at IS NULL ORDER BY s.message_id LIMIT {Together}
          FOR UPDATE OF s SKIP LOCKED FOR SHARE OF m SKIP LOCKED
        ), sized AS (
          SELECT message_id, row_number() OVER walk AS ordinal, sum(octet_length(r.raw)) OVER walk AS octets FROM old JOIN message_raw r USING (message_id)
          WINDOW walk AS (ORDER BY message_id)
        )
        SELECT m.id, m.subject, m.from_json, m.to_json, m.cc_json, m.bcc_json, r.raw
        FROM sized s JOIN message m ON m.id = s.message_id JOIN message_raw r ON r.message_id = m.id WHERE s.ordinal = 1 OR s.octets <= {MostOctets}
        """;

    // Only where the same octets of the mail decode otherwise than they did.
    private const string Rehash = """
        UPDATE message_part p SET size = now.size, sha256 = now.sha256
        FROM unnest($1::uuid[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[]) AS now (message_id, ordinal, body_offset, body_length, size, sha256)
        WHERE p.message_id = now.message_id AND p.ordinal = now.ordinal AND p.body_offset = now.body_offset AND p.body_length = now.body_length
          AND (p.size <> now.size OR p.sha256 <> now.sha256)
        """;

    private readonly SearchVector _vector = new();

    /// <summary>Mails whose words are cut otherwise.</summary>
    public async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var count = database.CreateCommand($"SELECT count(*) FROM message_search s JOIN message_raw r ON r.message_id = s.message_id WHERE s.{Old}");
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Answers how many were done; 0: none is left that nobody else has in hand.</summary>
    public async Task<int> NextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Sql.NeedNotWait(), cancellationToken); // a crash repeats it
        var (mails, parts) = await TakeAsync(connection, cancellationToken);
        if (mails.Count == 0) return 0;
        await RehashAsync(connection, parts, cancellationToken);
        try
        {
            await transaction.SaveAsync("before", cancellationToken);
            await ReplaceAsync(connection, mails, cancellationToken);
        }
        catch (PostgresException refused) when (RefusedMail.IsOne(refused))
        {
            await transaction.RollbackAsync("before", cancellationToken);
            foreach (var mail in mails) await ReplaceOneAsync(connection, transaction, mail, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return mails.Count;
    }

    private async Task<(List<SearchRow> Mails, List<(Guid MessageId, IncomingPart Part)> Parts)> TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var take = new NpgsqlCommand(Take, connection);
        await using var row = await take.ExecuteReaderAsync(cancellationToken);
        var mails = new List<SearchRow>();
        var parts = new List<(Guid, IncomingPart)>();
        while (await row.ReadAsync(cancellationToken))
        {
            // Addresses and subject as they were stored: an outgoing mail has recipients that stand in no header.
            var read = IncomingMailReader.Read(0, [], null, row.GetFieldValue<byte[]>(6));
            IEnumerable<MailAddressValue> recipients = [.. Addresses(row, 3), .. Addresses(row, 4), .. Addresses(row, 5)];
            var words = _vector.Of(row.IsDBNull(1) ? null : row.GetString(1), Addresses(row, 2), recipients, read.SearchText);
            mails.Add(new SearchRow(row.GetGuid(0), words.ToArray()));
            parts.AddRange(read.Parts.Select(part => (mails[^1].MessageId, part)));
        }

        return (mails, parts);
    }

    private static Task RehashAsync(NpgsqlConnection connection, List<(Guid MessageId, IncomingPart Part)> parts, CancellationToken cancellationToken) =>
        ExecuteAsync(
            connection,
            Sql.Batch(
                Rehash,
                parts.Select(p => p.MessageId).ToArray(),
                parts.Select(p => p.Part.Ordinal).ToArray(),
                parts.Select(p => p.Part.BodyOffset).ToArray(),
                parts.Select(p => p.Part.BodyLength).ToArray(),
                parts.Select(p => p.Part.Size).ToArray(),
                parts.Select(p => p.Part.Sha256).ToArray()),
            cancellationToken);

    private static async Task ReplaceAsync(NpgsqlConnection connection, IReadOnlyList<SearchRow> mails, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, Sql.Batch("DELETE FROM message_search WHERE message_id = ANY ($1)", mails.Select(mail => mail.MessageId).ToArray()), cancellationToken);
        await SearchRow.CopyAsync(connection, mails, cancellationToken);
    }

    /// <summary>Words that PostgreSQL refuses stay as they were, and are not tried again.</summary>
    private static async Task ReplaceOneAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, SearchRow mail, CancellationToken cancellationToken)
    {
        try
        {
            await transaction.SaveAsync("one", cancellationToken);
            await ReplaceAsync(connection, [mail], cancellationToken);
        }
        catch (PostgresException refused) when (RefusedMail.IsOne(refused))
        {
            await transaction.RollbackAsync("one", cancellationToken);
            await ExecuteAsync(connection, Sql.Batch($"UPDATE message_search SET version = {SearchVector.Version} WHERE message_id = $1", mail.MessageId), cancellationToken);
        }
    }

    private static IReadOnlyList<MailAddressValue> Addresses(NpgsqlDataReader row, int column) =>
        JsonSerializer.Deserialize(row.GetString(column), MessageJson.Default.IReadOnlyListMailAddressValue) ?? [];

    private static async Task ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
