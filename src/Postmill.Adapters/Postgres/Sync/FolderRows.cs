using Npgsql;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Sync;

/// <summary>The columns of a <see cref="StoredFolder"/>, in one place for all queries that answer with it.</summary>
internal static class FolderRows
{
    /// <summary>Over <c>folder</c>; what a query adds comes behind them.</summary>
    public const string Columns = "id, wire_name, name, special_use, selectable, uid_validity, uid_next, highest_modseq, message_count, baseline_uid, parked_reason";

    public const int Count = 11;

    public static StoredFolder Read(NpgsqlDataReader row)
    {
        var cursor = row.IsDBNull(5) ? null : new FolderCursor(row.GetInt64(5), Long(row, 6), Long(row, 7));
        return new StoredFolder(row.GetInt64(0), row.GetString(1), row.GetString(2), Text(row, 3), row.GetBoolean(4), cursor, row.GetInt64(8), row.GetInt64(9), Text(row, 10));
    }

    public static string? Text(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    private static long? Long(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetInt64(at);
}
