using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>The words of a mail, as <see cref="SearchVector"/> made them.</summary>
internal sealed record SearchRow(Guid MessageId, byte[] Words)
{
    public static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<SearchRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY message_search (message_id, words, version) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.MessageId, NpgsqlDbType.Uuid, cancellationToken);
            // The driver only frames the bytes; the server reads them as the column's type.
            await copy.WriteAsync(row.Words, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync(SearchVector.Version, NpgsqlDbType.Smallint, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
