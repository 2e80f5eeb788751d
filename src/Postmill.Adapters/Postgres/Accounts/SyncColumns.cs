using Npgsql;
using Postmill.Domain.Sync;

namespace Postmill.Adapters.Postgres.Accounts;

/// <summary>Between the columns of an account row and <see cref="SyncState"/>; one place, so that reader and writer cannot disagree.</summary>
internal static class SyncColumns
{
    /// <summary>In the order that <see cref="Read"/> expects.</summary>
    public const string Select = """
        next_sync_at, failed_runs, window_start, run_started_at, first_synced_at, last_success_at,
        last_error_code, last_error, result_new, result_total, stored_total, handed_total
        """;

    public static SyncState Read(NpgsqlDataReader row, int at) => new()
    {
        NextSyncAt = Time(row, at),
        FailedRuns = row.GetInt32(at + 1),
        WindowStart = Time(row, at + 2),
        RunStartedAt = Time(row, at + 3),
        FirstSyncedAt = Time(row, at + 4),
        LastSuccessAt = Time(row, at + 5),
        LastFailure = row.IsDBNull(at + 7) ? null : new SyncFailure(row.GetString(at + 6), row.GetString(at + 7)),
        LastResult = row.IsDBNull(at + 8) || Time(row, at + 5) is not { } syncedAt ? null : new SyncResult(row.GetInt32(at + 8), syncedAt, row.GetInt64(at + 9)),
        StoredTotal = row.GetInt64(at + 10),
        HandedTotal = row.GetInt64(at + 11),
    };

    /// <summary>Sets all but stored_total, which belongs to the batches; $1 is the account.</summary>
    public const string Update = """
        UPDATE account SET next_sync_at = $2, failed_runs = $3, window_start = $4, run_started_at = $5, first_synced_at = $6, last_success_at = $7,
          last_error_code = $8, last_error = $9, result_new = $10, result_total = $11, handed_total = $12
        WHERE id = $1
        """;

    public static object?[] Values(Guid accountId, SyncState state) =>
    [
        accountId, Time(state.NextSyncAt), state.FailedRuns, Time(state.WindowStart), Time(state.RunStartedAt), Time(state.FirstSyncedAt), Time(state.LastSuccessAt),
        Text(state.LastFailure?.Code), Text(state.LastFailure?.Text),
        state.LastResult?.NewMessages is { } count ? count : Sql.Null(NpgsqlTypes.NpgsqlDbType.Integer),
        state.LastResult?.StoredTotal is { } total ? total : Sql.Null(NpgsqlTypes.NpgsqlDbType.Bigint),
        state.HandedTotal,
    ];

    private static object Time(DateTimeOffset? at) => at is { } value ? value.ToUniversalTime() : Sql.Null(NpgsqlTypes.NpgsqlDbType.TimestampTz);

    private static object Text(string? text) => text ?? (object)Sql.Null(NpgsqlTypes.NpgsqlDbType.Text);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
