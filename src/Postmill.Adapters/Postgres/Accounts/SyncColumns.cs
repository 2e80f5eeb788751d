using Npgsql;
using Postmill.Domain.Accounts;
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

    /// <summary>All but stored_total, which belongs to the batches; $1 is the account, $2 and $3 the claim.</summary>
    public const string Assignments = """
        next_sync_at = $4, failed_runs = $5, window_start = $6, run_started_at = $7, first_synced_at = $8, last_success_at = $9,
        last_error_code = $10, last_error = $11, result_new = $12
        """;

    /// <summary>The two totals as the state has them.</summary>
    public const string Totals = "result_total = $13, handed_total = $14";

    /// <summary>Check and lock in one: the row stays locked for the statement that has this condition.</summary>
    /// <remarks>
    /// IS NOT DISTINCT FROM, because no index serves it: an owner that took its accounts after the last ANALYZE looks to the planner like one without any, and it then prefers
    /// the owner's index to the key, and reads all that the owner has for each row.
    /// </remarks>
    public const string Owned = "id = $1 AND owner IS NOT DISTINCT FROM $2 AND epoch = $3 AND connected";

    public static object?[] Values(Claim claim, SyncState state) =>
    [
        claim.AccountId, claim.Owner, claim.Epoch,
        Time(state.NextSyncAt), state.FailedRuns, Time(state.WindowStart), Time(state.RunStartedAt), Time(state.FirstSyncedAt), Time(state.LastSuccessAt),
        Text(state.LastFailure?.Code), Text(state.LastFailure?.Text),
        state.LastResult?.NewMessages is { } count ? count : Sql.Null(NpgsqlTypes.NpgsqlDbType.Integer),
    ];

    /// <summary>For <see cref="Totals"/>, after the others.</summary>
    public static object?[] ValuesAndTotals(Claim claim, SyncState state) =>
    [
        .. Values(claim, state),
        state.LastResult?.StoredTotal is { } total ? total : Sql.Null(NpgsqlTypes.NpgsqlDbType.Bigint),
        state.HandedTotal,
    ];

    private static object Time(DateTimeOffset? at) => at is { } value ? value.ToUniversalTime() : Sql.Null(NpgsqlTypes.NpgsqlDbType.TimestampTz);

    private static object Text(string? text) => text ?? (object)Sql.Null(NpgsqlTypes.NpgsqlDbType.Text);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
