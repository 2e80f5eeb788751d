using Npgsql;
using NpgsqlTypes;
using Postmill.Mail.Archives;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>The entries of an export around a position in its file, a window at a time; small mails come with theirs.</summary>
internal sealed class ExportEntries(NpgsqlDataSource database, Guid exportId)
{
    private const string Columns = "e.start, e.length, e.message_id, e.label, e.size, e.at, e.crc, e.directory_at";

    private static readonly string Mails = $"""
        SELECT {Columns}, CASE WHEN octet_length(r.raw) <= {ExportLimits.SmallMail} THEN r.raw END
        FROM export_entry e LEFT JOIN message_raw r ON r.message_id = e.message_id
        WHERE e.export_id = $1 AND e.start >= (SELECT max(start) FROM export_entry WHERE export_id = $1 AND start <= $2)
        ORDER BY e.start LIMIT {ExportLimits.FetchedTogether}
        """;

    // No index for the directory: who reads it reads it on, and only a range that begins in its middle looks through the list once.
    private static readonly string Directory = $"""
        SELECT {Columns}, NULL::bytea FROM export_entry e
        WHERE e.export_id = $1 AND e.start > coalesce($3, (SELECT start FROM export_entry WHERE export_id = $1 AND directory_at <= $2 ORDER BY directory_at DESC LIMIT 1) - 1)
        ORDER BY e.start LIMIT {ExportLimits.DirectoryTogether}
        """;

    private List<(ExportEntry Entry, byte[]? Small)> _window = [];
    private (long Start, long LineEnd)? _read; // the last entry whose line was given

    /// <exception cref="EndOfStreamException">The export is not there any more.</exception>
    public async Task<(ExportEntry Entry, byte[]? Small)> MailAtAsync(long position, CancellationToken cancellationToken)
    {
        if (Find(position) is { } found) return found;
        _window = await ReadAsync(database.Command(Mails, exportId, position), cancellationToken);
        return Find(position) ?? throw Gone();
    }

    /// <summary>Those whose lines stand in the directory from this position on.</summary>
    /// <inheritdoc cref="MailAtAsync"/>
    public async Task<IReadOnlyList<ExportEntry>> DirectoryAtAsync(long position, CancellationToken cancellationToken)
    {
        object behind = _read is { } read && read.LineEnd == position ? read.Start : Sql.Null(NpgsqlDbType.Bigint);
        var found = await ReadAsync(database.Command(Directory, exportId, position, behind), cancellationToken);
        if (found.Count == 0 || found[0].Entry.DirectoryAt > position) throw Gone();
        var last = found[^1].Entry;
        _read = (last.Start, last.DirectoryAt!.Value + ZipRecords.DirectoryLength(last.Label, last.Start));
        return found.ConvertAll(one => one.Entry);
    }

    private (ExportEntry Entry, byte[]? Small)? Find(long position)
    {
        foreach (var one in _window)
            if (one.Entry.Start <= position && position < one.Entry.End) return one;
        return null;
    }

    private static async Task<List<(ExportEntry Entry, byte[]? Small)>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var _ = command;
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var entries = new List<(ExportEntry Entry, byte[]? Small)>();
        while (await row.ReadAsync(cancellationToken))
        {
            var entry = new ExportEntry(
                row.GetInt64(0), row.GetInt64(1), row.GetGuid(2), row.GetString(3), row.GetInt64(4), row.GetFieldValue<DateTimeOffset>(5),
                row.IsDBNull(6) ? null : (uint)row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7));
            entries.Add((entry, row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8)));
        }

        return entries;
    }

    private EndOfStreamException Gone() => new($"export {exportId} is not there any more");
}
