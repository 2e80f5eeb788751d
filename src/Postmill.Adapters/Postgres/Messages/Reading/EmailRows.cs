using System.Text.Json;
using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>The columns of a <see cref="StoredEmail"/>, in one place for all queries that answer with it.</summary>
internal static class EmailRows
{
    /// <summary>
    /// Over <c>message AS m</c>. Of each place its flags and, on the next line, its folder: a flag is an atom, a name may be anything. Gmail's All Mail is the last folder to be shown:
    /// everything is in it. Behind it, where only an expunge is waited for.
    /// </summary>
    public const string Columns = """
        m.id, m.account_id, m.direction, m.message_id, m.thread_id, m.subject, m.from_json, m.to_json, m.cc_json, m.bcc_json, m.reply_to_json,
        m.date, m.received_at,
        m.folder_here,
        ARRAY(SELECT array_to_string(l.flags, ' ') || E'\n' || f.name FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.message_id = m.id
              ORDER BY '\Deleted' = ANY (l.flags), CASE f.special_use WHEN 'inbox' THEN 0 WHEN 'all' THEN 2 ELSE 1 END, f.id),
        m.has_attachments, m.size, m.snippet, m.tags, m.notes, m.created_at, m.updated_at, m.read_here, m.starred_here, m.task_id, m.job_id
        """;

    /// <summary>Most mails have nobody in Cc, Bcc and Reply-To.</summary>
    private static readonly JsonElement Nobody = JsonElement.Parse("[]");

    /// <summary>Of the columns; what a query adds comes behind them.</summary>
    public const int Count = 26;

    public static StoredEmail Read(NpgsqlDataReader row)
    {
        var places = row.GetFieldValue<string[]>(14);
        return Read(row, places, Text(row, 13));
    }

    private static StoredEmail Read(NpgsqlDataReader row, string[] places, string? folderHere) => new(
        Id: row.GetGuid(0),
        AccountId: row.GetGuid(1),
        Direction: row.GetString(2),
        MessageId: Text(row, 3),
        ThreadId: row.GetGuid(4),
        Subject: Text(row, 5),
        From: Json(row, 6),
        To: Json(row, 7),
        Cc: Json(row, 8),
        Bcc: Json(row, 9),
        ReplyTo: Json(row, 10),
        Date: row.IsDBNull(11) ? null : row.GetFieldValue<DateTimeOffset>(11),
        ReceivedAt: row.GetFieldValue<DateTimeOffset>(12),
        // Two copies in one folder are two places and one folder.
        Folders: folderHere is not null ? [folderHere] : [.. places.Select(place => place[(place.IndexOf('\n', StringComparison.Ordinal) + 1)..]).Distinct(StringComparer.Ordinal)],
        Flags: FlagsOf(places),
        HasAttachments: row.GetBoolean(15),
        Size: row.GetInt64(16),
        Snippet: row.GetString(17),
        Tags: row.GetFieldValue<string[]>(18),
        Notes: Text(row, 19),
        CreatedAt: row.GetFieldValue<DateTimeOffset>(20),
        UpdatedAt: row.GetFieldValue<DateTimeOffset>(21),
        ReadHere: row.IsDBNull(22) ? null : row.GetBoolean(22),
        StarredHere: row.IsDBNull(23) ? null : row.GetBoolean(23),
        TaskId: row.IsDBNull(24) ? null : row.GetGuid(24),
        JobId: row.IsDBNull(25) ? null : row.GetGuid(25));

    private static IReadOnlyList<string> FlagsOf(string[] places) =>
    [
        .. places.SelectMany(place => place[..place.IndexOf('\n', StringComparison.Ordinal)].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static JsonElement Json(NpgsqlDataReader row, int column)
    {
        var json = row.GetFieldValue<byte[]>(column);
        return json.AsSpan().SequenceEqual("[]"u8) ? Nobody : JsonElement.Parse(json);
    }
}
