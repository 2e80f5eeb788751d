using System.Text.Json;
using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>The threads of an account by their newest mail.</summary>
public sealed class ThreadQueries(NpgsqlDataSource database)
{
    /// <summary>People that one thread names.</summary>
    private const int MostParticipants = 20;

    /// <summary>Newest first; null when the account is not there.</summary>
    /// <exception cref="SearchTooSlowException">Stopped.</exception>
    public async Task<ThreadPage?> ListAsync(Guid userId, Guid accountId, EmailPosition? below, int limit, CancellationToken cancellationToken) =>
        await SearchQueries.SearchAsync(database, accountId, userId, List(accountId, below, limit + 1), async rows =>
        {
            var threads = new List<StoredThread>();
            while (await rows.ReadAsync(cancellationToken)) threads.Add(Read(rows));
            return threads.Count > limit ? new ThreadPage(threads.GetRange(0, limit), More: true) : new ThreadPage(threads, More: false);
        }, cancellationToken);

    // A thread stands where its newest mail stands in the list of mails: the page is a walk along that list, however long the threads are.
    private static NpgsqlBatchCommand List(Guid accountId, EmailPosition? below, int limit)
    {
        var command = Sql.Batch("", accountId, limit, MostParticipants);
        var from = "";
        if (below is not null)
        {
            command.Parameters.Add(EmailConditions.MomentOf(below.ReceivedAt));
            command.Parameters.Add(new() { Value = below.Id });
            from = "\n  AND (m.received_at, m.id) < ($4, $5)";
        }

        command.CommandText = $$"""
            WITH page AS (
              SELECT m.id, m.thread_id, m.received_at, m.snippet FROM message m
              WHERE m.account_id = $1 AND m.deleted_at IS NULL{{from}}
                AND NOT EXISTS (SELECT 1 FROM message later WHERE later.account_id = $1 AND later.thread_id = m.thread_id AND later.deleted_at IS NULL
                  AND (later.received_at, later.id) > (m.received_at, m.id))
              ORDER BY m.received_at DESC, m.id DESC LIMIT $2
            )
            SELECT page.thread_id, page.id, page.received_at, page.snippet, oldest.subject, oldest.received_at, whole.mails, whole.unread, whole.starred, whole.attachments,
              ARRAY(SELECT person::text FROM (SELECT m.from_json -> 0 AS person, max(m.received_at) AS at FROM message m
                WHERE m.account_id = $1 AND m.thread_id = page.thread_id AND m.deleted_at IS NULL AND m.from_json <> '[]' GROUP BY 1 ORDER BY at DESC, 1 LIMIT $3) AS people)
            FROM page
            CROSS JOIN LATERAL (
              SELECT m.subject, m.received_at FROM message m WHERE m.account_id = $1 AND m.thread_id = page.thread_id AND m.deleted_at IS NULL ORDER BY m.received_at, m.id LIMIT 1
            ) AS oldest
            CROSS JOIN LATERAL (
              SELECT count(*) AS mails, bool_or(m.has_attachments) AS attachments,
                count(*) FILTER (WHERE NOT coalesce(m.read_here, EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id AND '\Seen' = ANY (l.flags)))) AS unread,
                bool_or(coalesce(m.starred_here, EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id AND '\Flagged' = ANY (l.flags)))) AS starred
              FROM message m WHERE m.account_id = $1 AND m.thread_id = page.thread_id AND m.deleted_at IS NULL
            ) AS whole
            ORDER BY page.received_at DESC, page.id DESC
            """;
        return command;
    }

    private static StoredThread Read(NpgsqlDataReader row) => new(
        Id: row.GetGuid(0),
        Newest: new EmailPosition(row.GetFieldValue<DateTimeOffset>(2), row.GetGuid(1)),
        Snippet: row.GetString(3),
        Subject: row.IsDBNull(4) ? null : row.GetString(4),
        FirstReceivedAt: row.GetFieldValue<DateTimeOffset>(5),
        Emails: row.GetInt64(6),
        Unread: row.GetInt64(7),
        IsStarred: row.GetBoolean(8),
        HasAttachments: row.GetBoolean(9),
        Participants: [.. row.GetFieldValue<string[]>(10).Select(person => JsonElement.Parse(person))]);
}

/// <summary>Mails that belong together.</summary>
/// <param name="Newest">Its newest mail: where the thread stands in the list.</param>
/// <param name="Snippet">Of the newest mail.</param>
/// <param name="Subject">Of the oldest mail.</param>
/// <param name="Participants">Authors as addresses, who wrote last first.</param>
public sealed record StoredThread(
    Guid Id, EmailPosition Newest, string Snippet, string? Subject, DateTimeOffset FirstReceivedAt, long Emails, long Unread, bool IsStarred, bool HasAttachments,
    IReadOnlyList<JsonElement> Participants);

/// <summary>Some threads of a list, and whether the list goes on behind them.</summary>
public sealed record ThreadPage(IReadOnlyList<StoredThread> Threads, bool More);
