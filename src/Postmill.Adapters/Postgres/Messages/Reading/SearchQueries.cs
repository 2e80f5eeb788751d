using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Finds mails of one account by their words and by what is known of them.</summary>
public sealed class SearchQueries(NpgsqlDataSource database)
{
    private const string Account = "SELECT 1 FROM account WHERE id = $1 AND user_id = $2";

    // A hit in the subject counts for ten in the text, and a long text must not win by its length.
    private const string Rank = "ts_rank('{0.1, 0.3, 0.6, 1.0}', hit.words, $3, 1)";

    /// <summary>Null when the account is not there.</summary>
    /// <param name="ranked">Best first, newest of equals first; a query that asks for no word is newest first anyway.</param>
    /// <exception cref="SearchTooSlowException">Stopped.</exception>
    public async Task<SearchPage?> FindAsync(
        Guid userId, Guid accountId, SearchQuery query, bool ranked, SearchPosition? from, int limit, CancellationToken cancellationToken)
    {
        var edited = await EditedAsync(accountId, query, cancellationToken);
        var search = ranked && query.HasRank ? ByRank(accountId, query, edited, from, limit + 1) : Newest(accountId, query, edited, from?.Below, limit + 1);
        return await SearchAsync(database, accountId, userId, search, rows => ReadAsync(rows, limit, from?.Window, cancellationToken), cancellationToken);
    }

    /// <summary>The newest mails that are found, by their ids; null when the account is not there.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<Guid>?> FindIdsAsync(Guid userId, Guid accountId, SearchQuery query, int limit, CancellationToken cancellationToken)
    {
        var newest = Sql.Batch("", accountId, limit);
        newest.CommandText = Page(newest, query, await EditedAsync(accountId, query, cancellationToken), null);
        return await SearchAsync(database, accountId, userId, newest, async rows =>
        {
            var ids = new List<Guid>();
            while (await rows.ReadAsync(cancellationToken)) ids.Add(rows.GetGuid(0));
            return ids;
        }, cancellationToken);
    }

    private Task<bool> EditedAsync(Guid accountId, SearchQuery query, CancellationToken cancellationToken) =>
        EmailConditions.EditedAsync(database, accountId, query.Conditions.Select(condition => condition.Filter), cancellationToken);

    /// <summary>One query about an account that may be long, within the time that there is; null when the account is not there.</summary>
    internal static async Task<T?> SearchAsync<T>(
        NpgsqlDataSource database, Guid accountId, Guid userId, NpgsqlBatchCommand search, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken) where T : class
    {
        await using var batch = database.CreateBatch();
        // One process a search: starting helpers takes longer than most searches, and a busy machine has none to spare.
        batch.BatchCommands.Add(Sql.Batch(
            "SELECT set_config('statement_timeout', $1, true), set_config('max_parallel_workers_per_gather', '0', true)", ReadingLimits.SearchMilliseconds.ToString(CultureInfo.InvariantCulture)));
        batch.BatchCommands.Add(Sql.Batch(Account, accountId, userId));
        batch.BatchCommands.Add(search);
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            await rows.NextResultAsync(cancellationToken);
            if (!await rows.ReadAsync(cancellationToken)) return null;
            await rows.NextResultAsync(cancellationToken);
            return await read(rows);
        }
        catch (PostgresException stopped) when (stopped.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            throw new SearchTooSlowException(stopped);
        }
    }

    private static async Task<SearchPage> ReadAsync(NpgsqlDataReader rows, int limit, RankWindow? within, CancellationToken cancellationToken)
    {
        var emails = new List<StoredEmail>();
        RankWindow? window = null;
        while (emails.Count < limit && await rows.ReadAsync(cancellationToken))
        {
            emails.Add(EmailRows.Read(rows));
            if (rows.FieldCount > EmailRows.Count) window = ReadWindow(rows, emails[^1], within);
        }

        if (emails.Count == 0) return new SearchPage(emails, within is { IsLast: false } ? new SearchPosition(within.Oldest, null) : null);
        var last = new EmailPosition(emails[^1].ReceivedAt, emails[^1].Id);
        if (await rows.ReadAsync(cancellationToken)) return new SearchPage(emails, window is null ? new SearchPosition(last, null) : new SearchPosition(null, window));
        return new SearchPage(emails, window is { IsLast: false } ? new SearchPosition(window.Oldest, null) : null);
    }

    private static RankWindow ReadWindow(NpgsqlDataReader row, StoredEmail email, RankWindow? within)
    {
        var at = new EmailPosition(email.ReceivedAt, email.Id);
        var rank = row.GetFloat(EmailRows.Count);
        return within is not null
            ? within with { Rank = rank, At = at }
            : new RankWindow(Position(row, EmailRows.Count + 1), Position(row, EmailRows.Count + 3), row.GetInt64(EmailRows.Count + 5) < ReadingLimits.RankedTogether, rank, at);
    }

    private static EmailPosition Position(NpgsqlDataReader row, int at) => new(row.GetFieldValue<DateTimeOffset>(at), row.GetGuid(at + 1));

    private static NpgsqlBatchCommand Newest(Guid accountId, SearchQuery query, bool edited, EmailPosition? below, int limit)
    {
        var command = Sql.Batch("", accountId, limit);
        command.CommandText = $"""
            WITH page AS (
            {Page(command, query, edited, below)}
            )
            SELECT {EmailRows.Columns}
            FROM page JOIN message m ON m.id = page.id
            ORDER BY m.received_at DESC, m.id DESC
            """;
        return command;
    }

    /// <summary>Ids, newest first; $1 is the account, $2 the limit.</summary>
    private static string Page(NpgsqlBatchCommand command, SearchQuery query, bool edited, EmailPosition? below)
    {
        var (join, words, enough) = ("", "", "$2");
        if (TsQueries.Of(query.Terms) is { } terms)
        {
            join = " JOIN message_search s ON s.message_id = m.id";
            words = $"\n  AND s.words @@ {Add(command, terms)}";
            // PostgreSQL guesses how rare a rare word is. Asked for twenty it walks along the list of mails, and far; asked for a thousand it begins with the word.
            // Materialized, because the smaller limit outside would be its guide again.
            enough = $"greatest($2, {Add(command, ReadingLimits.RankedTogether)})";
        }

        return $"""
            WITH hit AS MATERIALIZED (
              SELECT m.id, m.received_at FROM message m{join}
              WHERE m.account_id = $1 AND m.deleted_at IS NULL{words}{Below(command, below)}{EmailConditions.Of(query.Conditions, command.Parameters, edited)}
              ORDER BY m.received_at DESC, m.id DESC LIMIT {enough}
            )
            SELECT hit.id FROM hit ORDER BY hit.received_at DESC, hit.id DESC LIMIT $2
            """;
    }

    private static NpgsqlBatchCommand ByRank(Guid accountId, SearchQuery query, bool edited, SearchPosition? from, int limit)
    {
        var command = Sql.Batch("", accountId, limit, TsQueries.Of(query.Terms)!, ReadingLimits.RankedTogether);
        var window = from?.Window;
        var within = window is null ? Below(command, from?.Below) : $"""

              AND (m.received_at, m.id) <= ({Add(command, window.Newest)}) AND (m.received_at, m.id) >= ({Add(command, window.Oldest)})
            """;
        var after = window is null ? "" : $"\n  WHERE (rank, received_at, id) < ({Add(command, window.Rank)}, {Add(command, window.At)})";
        // Within a window its borders bound the number already; what arrived between them since is shown.
        var most = window is null ? "LIMIT $4" : "LIMIT $4 * 2";
        command.CommandText = $"""
            WITH hit AS MATERIALIZED (
              SELECT m.id, m.received_at, s.words FROM message m JOIN message_search s ON s.message_id = m.id
              WHERE m.account_id = $1 AND m.deleted_at IS NULL AND s.words @@ $3{within}{EmailConditions.Of(query.Conditions, command.Parameters, edited)}
              ORDER BY m.received_at DESC, m.id DESC {most}
            ), ranked AS (
              SELECT hit.id, hit.received_at, {Rank} AS rank FROM hit
            ), page AS (
              SELECT * FROM ranked{after}
              ORDER BY rank DESC, received_at DESC, id DESC LIMIT $2
            ), newest AS (
              SELECT received_at, id FROM hit ORDER BY received_at DESC, id DESC LIMIT 1
            ), oldest AS (
              SELECT received_at, id FROM hit ORDER BY received_at, id LIMIT 1
            )
            SELECT {EmailRows.Columns}, page.rank, newest.received_at, newest.id, oldest.received_at, oldest.id, (SELECT count(*) FROM hit)
            FROM page JOIN message m ON m.id = page.id CROSS JOIN newest CROSS JOIN oldest
            ORDER BY page.rank DESC, page.received_at DESC, page.id DESC
            """;
        return command;
    }

    private static string Below(NpgsqlBatchCommand command, EmailPosition? below) =>
        below is null ? "" : $"\n  AND (m.received_at, m.id) < ({Add(command, below)})";

    private static string Add(NpgsqlBatchCommand command, EmailPosition position) => $"{Add(command, position.ReceivedAt.UtcDateTime)}, {Add(command, position.Id)}";

    private static string Add(NpgsqlBatchCommand command, object value)
    {
        command.Parameters.Add(value is NpgsqlTsQuery query ? new() { Value = query, NpgsqlDbType = NpgsqlDbType.TsQuery } : new() { Value = value });
        return $"${command.Parameters.Count}";
    }
}

/// <summary>Some mails that were found, and where it goes on.</summary>
public sealed record SearchPage(IReadOnlyList<StoredEmail> Emails, SearchPosition? Next);
