using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>The parts of a mail and where its bytes are. Content is opened with <see cref="ContentStore"/>.</summary>
public sealed class PartQueries(NpgsqlDataSource database)
{
    private const string Owned = """
        FROM message m JOIN account a ON a.id = m.account_id
        LEFT JOIN message_raw r ON r.message_id = m.id
        WHERE m.id = $1 AND a.user_id = $2 AND ($3::uuid IS NULL OR m.account_id = $3) AND m.deleted_at IS NULL
        """;

    // The length of an uncompressed value stands beside the pointer to it: the bytes are not read.
    private const string Raw = $"SELECT m.id, m.subject, m.sha256, coalesce(octet_length(r.raw), 0)::bigint {Owned}";

    private const string Parts = """
        SELECT ordinal, path, content_type, charset, encoding, filename, disposition, content_id, body_offset, body_length, size, sha256
        FROM message_part WHERE message_id = $1 AND ($2::int IS NULL OR ordinal = $2) ORDER BY ordinal
        """;

    /// <summary>The mail with all its parts, or with the one asked for if it is there; null when the mail is not.</summary>
    public async Task<StoredMail?> FindAsync(EmailAddressing email, int? ordinal, CancellationToken cancellationToken)
    {
        var raw = Sql.Batch(Raw, email.EmailId, email.UserId, Nullable(email.AccountId, NpgsqlDbType.Uuid));
        var parts = Sql.Batch(Parts, email.EmailId, Nullable(ordinal, NpgsqlDbType.Integer));
        return await database.PreparedAsync([raw, parts], rows => ReadAsync(email.EmailId, rows, cancellationToken), cancellationToken);
    }

    private static async Task<StoredMail?> ReadAsync(Guid emailId, NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        if (!await rows.ReadAsync(cancellationToken)) return null;
        var raw = new StoredRaw(rows.GetGuid(0), Text(rows, 1), rows.GetFieldValue<byte[]>(2), rows.GetInt64(3));
        await rows.NextResultAsync(cancellationToken);
        var parts = new List<StoredPart>();
        while (await rows.ReadAsync(cancellationToken)) parts.Add(ReadPart(emailId, rows));
        return new StoredMail(raw, parts);
    }

    private static StoredPart ReadPart(Guid emailId, NpgsqlDataReader row) => new(
        emailId,
        Ordinal: row.GetInt32(0),
        Path: row.GetString(1),
        ContentType: row.GetString(2),
        Charset: Text(row, 3),
        Encoding: row.GetString(4),
        FileName: Text(row, 5),
        Disposition: Text(row, 6),
        ContentId: Text(row, 7),
        BodyOffset: row.GetInt64(8),
        BodyLength: row.GetInt64(9),
        Size: row.GetInt64(10),
        Sha256: row.GetFieldValue<byte[]>(11));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static NpgsqlParameter Nullable(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>A mail's bytes and its parts.</summary>
public sealed record StoredMail(StoredRaw Raw, IReadOnlyList<StoredPart> Parts);
