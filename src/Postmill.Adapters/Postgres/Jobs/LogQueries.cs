using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>The log (table <c>audit</c>) for its user: lists, search, and the removal of old lines.</summary>
public sealed class LogQueries(NpgsqlDataSource database)
{
    /// <summary>Lines removed by one statement, so that no write of the log waits long behind it.</summary>
    public const int DeleteBatch = 1_000;

    private const string Columns = "id, account_id, actor, subject, action, outcome, code, detail, at";

    /// <summary>Newest first; null: no such account of this user. <paramref name="below"/> is the id at which the page before ended.</summary>
    public async Task<JobPage<LogLine>?> ListAsync(Guid userId, Guid accountId, LogFilter filter, long? below, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Account(userId, accountId));
        var list = new NpgsqlBatchCommand();
        var where = Where(list.Parameters, accountId, filter);
        if (below is { } id) where += $" AND id < {Value(list.Parameters, id)}";
        list.CommandText = $"SELECT {Columns} FROM audit WHERE {where} ORDER BY id DESC LIMIT {Value(list.Parameters, limit + 1)} OFFSET {Value(list.Parameters, offset)}";
        batch.BatchCommands.Add(list);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        await row.NextResultAsync(cancellationToken);
        var lines = new List<LogLine>();
        while (await row.ReadAsync(cancellationToken)) lines.Add(Read(row));
        return lines.Count > limit ? new JobPage<LogLine>(lines.GetRange(0, limit), More: true) : new JobPage<LogLine>(lines, More: false);
    }

    public async Task<LogLine?> FindAsync(Guid userId, long id, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {Columns} FROM audit WHERE id = $1 AND user_id = $2", id, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    /// <summary>How many lines match, up to <paramref name="most"/>; null: no such account of this user.</summary>
    public async Task<long?> CountAsync(Guid userId, Guid accountId, LogFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Account(userId, accountId));
        var count = new NpgsqlBatchCommand();
        count.CommandText = $"SELECT count(*) FROM (SELECT 1 FROM audit WHERE {Where(count.Parameters, accountId, filter)} LIMIT {Value(count.Parameters, most)}) AS found";
        batch.BatchCommands.Add(count);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        await row.NextResultAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return row.GetInt64(0);
    }

    /// <summary>Removes up to <paramref name="most"/> lines that match, the oldest first, batch by batch; answers how many went.</summary>
    public async Task<long> DeleteAsync(Guid accountId, LogFilter filter, int most, CancellationToken cancellationToken)
    {
        long total = 0;
        while (total < most)
        {
            await using var delete = database.CreateCommand();
            var batch = (int)Math.Min(DeleteBatch, most - total);
            delete.CommandText = $"""
                DELETE FROM audit WHERE id = ANY (ARRAY (SELECT id FROM audit WHERE {Where(delete.Parameters, accountId, filter)} ORDER BY id LIMIT {Value(delete.Parameters, batch)}))
                """;
            var gone = await delete.ExecuteNonQueryAsync(cancellationToken);
            total += gone;
            if (gone < batch) break;
        }

        return total;
    }

    private static NpgsqlBatchCommand Account(Guid userId, Guid accountId) => Sql.Batch("SELECT 1 FROM account WHERE id = $1 AND user_id = $2", accountId, userId);

    private static string Where(NpgsqlParameterCollection parameters, Guid accountId, LogFilter filter)
    {
        var where = new StringBuilder($"account_id = {Value(parameters, accountId)}");
        foreach (var (column, value) in new[] { ("actor", filter.Actor), ("action", filter.Action), ("subject", filter.Subject), ("outcome", filter.Outcome), ("code", filter.Code) })
            if (value is not null) where.Append(CultureInfo.InvariantCulture, $" AND {column} = {Value(parameters, value)}");
        if (filter.After is { } after) where.Append(CultureInfo.InvariantCulture, $" AND at > {Value(parameters, after.UtcDateTime)}");
        if (filter.Before is { } before) where.Append(CultureInfo.InvariantCulture, $" AND at < {Value(parameters, before.UtcDateTime)}");
        if (filter.Text is { } text)
        {
            var like = Value(parameters, $"%{Escape(text)}%");
            where.Append(CultureInfo.InvariantCulture, $" AND (action ILIKE {like} OR subject ILIKE {like} OR actor ILIKE {like} OR outcome ILIKE {like} OR code ILIKE {like} OR detail::text ILIKE {like})");
        }

        return where.ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private static string Value(NpgsqlParameterCollection parameters, object value)
    {
        parameters.Add(new NpgsqlParameter { Value = value });
        return $"${parameters.Count}";
    }

    private static LogLine Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.GetString(7), row.GetFieldValue<DateTimeOffset>(8));
}

/// <summary>Which lines; null: any. <paramref name="Text"/> stands anywhere in a line, in any case.</summary>
public sealed record LogFilter(
    string? Text = null, string? Actor = null, string? Action = null, string? Subject = null, string? Outcome = null, string? Code = null,
    DateTimeOffset? After = null, DateTimeOffset? Before = null);

/// <summary>A line of the log.</summary>
public sealed record LogLine(
    long Id, Guid? AccountId, string Actor, string Subject, string Action, string Outcome, string? Code, string DetailJson, DateTimeOffset At);
