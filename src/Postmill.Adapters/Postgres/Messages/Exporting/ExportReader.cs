using System.Buffers;
using Npgsql;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Mail.Archives;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>Looks at mails for an export, oldest first, and measures what they will be in the file. Reads each mail once, in chunks.</summary>
internal sealed class ExportReader(NpgsqlDataSource database)
{
    private const string Shown = """
        FROM message m WHERE m.account_id = $1 AND m.deleted_at IS NULL AND m.created_at <= $2
        """;

    // The folder that a list shows first (EmailRows).
    private const string Folder = """
        SELECT f.name, f.delimiter FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.message_id = page.id
        ORDER BY CASE f.special_use WHEN 'inbox' THEN 0 WHEN 'all' THEN 2 ELSE 1 END, f.id LIMIT 1
        """;

    /// <summary>How many mails there are to look at, and their octets.</summary>
    public async Task<(long Mails, long Octets)> CountAsync(ExportRun run, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(run, cancellationToken);
        command.CommandText = $"SELECT count(*), coalesce(sum(m.size), 0)::bigint {Shown}{command.CommandText}";
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>The next mails behind those that the run has looked at; fewer than asked for: there are no more.</summary>
    public async Task<ExportPage> NextAsync(ExportRun run, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(run, cancellationToken);
        var behind = "";
        if (run.Walked is { } walked)
        {
            behind = $" AND (m.received_at, m.id) > (${command.Parameters.Count + 1}, ${command.Parameters.Count + 2})";
            command.Parameters.Add(EmailConditions.MomentOf(walked.At));
            command.Parameters.Add(new() { Value = walked.Id });
        }

        command.CommandText = $"""
            WITH page AS (
              SELECT m.id, m.received_at, m.from_json -> 0 ->> 'email' AS sender, m.folder_here {Shown}{behind}{command.CommandText}
              ORDER BY m.received_at, m.id LIMIT {ExportLimits.ListedTogether}
            )
            SELECT page.id, page.received_at, page.sender, coalesce(page.folder_here, there.name), there.delimiter, octet_length(r.raw)::bigint,
              CASE WHEN octet_length(r.raw) <= {ExportLimits.SmallMail} THEN r.raw END
            FROM page LEFT JOIN message_raw r ON r.message_id = page.id LEFT JOIN LATERAL ({Folder}) AS there ON true
            ORDER BY page.received_at, page.id
            """;
        return await ReadAsync(command, run.Format, cancellationToken);
    }

    private async Task<ExportPage> ReadAsync(NpgsqlCommand command, ExportFormat format, CancellationToken cancellationToken)
    {
        var (mails, looked, walked) = (new List<MeasuredMail>(), 0, default((DateTimeOffset, Guid)?));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        for (; await row.ReadAsync(cancellationToken); looked++)
        {
            var (id, at) = (row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1));
            walked = (at, id);
            if (row.IsDBNull(5)) continue; // deleted this moment
            var size = row.GetInt64(5);
            var (sender, folder, delimiter) = (Text(row, 2), Text(row, 3), Text(row, 4));
            var label = format == ExportFormat.Mbox ? MboxSeparator.Of(sender, at) : ZipNames.Of(folder, delimiter, at, id);
            await using Stream raw = row.IsDBNull(6) ? new RawStream(database, id, 0, size) : new MemoryStream(row.GetFieldValue<byte[]>(6), writable: false);
            mails.Add(format == ExportFormat.Mbox
                ? new MeasuredMail(id, at, label, size, await MboxMailStream.MeasureAsync(label, raw, cancellationToken), null)
                : new MeasuredMail(id, at, label, size, ZipRecords.LocalLength(label) + size, await ChecksumAsync(raw, cancellationToken)));
        }

        return new ExportPage(mails, walked, looked, Last: looked < ExportLimits.ListedTogether);
    }

    private static async Task<uint> ChecksumAsync(Stream raw, CancellationToken cancellationToken)
    {
        var crc = new Crc32();
        var buffer = ArrayPool<byte>.Shared.Rent(ExportLimits.SmallMail);
        try
        {
            for (int count; (count = await raw.ReadAsync(buffer, cancellationToken)) > 0;) crc.Append(buffer.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return crc.Value;
    }

    /// <summary>With the filter's parameters, and its conditions as text.</summary>
    private async Task<NpgsqlCommand> CommandAsync(ExportRun run, CancellationToken cancellationToken)
    {
        var edited = await EmailConditions.EditedAsync(database, run.Job.AccountId, [run.Filter], cancellationToken);
        var command = database.Command("", run.Job.AccountId, run.CreatedAt + ExportLimits.ClockSkew);
        command.CommandText = EmailConditions.Of(run.Filter, command.Parameters, edited);
        return command;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>Mails that were looked at.</summary>
/// <param name="Walked">The last one; null: none was left.</param>
internal sealed record ExportPage(IReadOnlyList<MeasuredMail> Mails, (DateTimeOffset At, Guid Id)? Walked, int Looked, bool Last);
