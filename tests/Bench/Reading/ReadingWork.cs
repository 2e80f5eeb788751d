using System.Net.Http.Json;
using Npgsql;
using NpgsqlTypes;

namespace Postmill.Bench.Reading;

/// <summary>One kind of request, and the bare SQL that finds the same rows.</summary>
/// <param name="Request">By a number that moves on.</param>
/// <param name="Bare">Likewise.</param>
internal sealed record ReadingWork(string Name, Func<int, HttpRequestMessage> Request, Func<int, NpgsqlBatchCommand> Bare, string Aim)
{
    // As a program would write it that needs nothing but these rows.
    private const string Columns = "m.id, m.subject, m.from_json, m.to_json, m.received_at, m.has_attachments, m.size, m.snippet";

    public static IReadOnlyList<ReadingWork> All(Guid account, Guid[] ids, IReadOnlyList<string> parts)
    {
        var mails = ids.Length;
        return
        [
            new("list, the newest 20", _ => Get($"/api/accounts/{account}/emails"), _ => Rows($"SELECT {Columns} FROM message m WHERE m.account_id = $1 AND m.deleted_at IS NULL ORDER BY m.received_at DESC, m.id DESC LIMIT 20", account), "≥ 0.3 × the empty route"),
            Search("a rare word (20 mails)", account, "p99 ≤ 50 ms", n => LargeMailbox.Rare(n * 7919, mails), n => LargeMailbox.Rare(n * 7919, mails)),
            Search("a common word (a third)", account, "p99 ≤ 200 ms", _ => LargeMailbox.Common, _ => LargeMailbox.Common),
            Search("two words (1 of 77)", account, "p99 ≤ 200 ms", _ => $"{LargeMailbox.First} {LargeMailbox.Second}", _ => $"{LargeMailbox.First} & {LargeMailbox.Second}"),
            Search("Japanese (1 of 20)", account, "p99 ≤ 200 ms", _ => LargeMailbox.Unspaced, _ => "会議 <-> 議の <-> の資 <-> 資料"),
            new("body", n => Get($"/api/emails/{ids[Pick(n, mails)]}/body"), n => Rows("SELECT raw FROM message_raw WHERE message_id = $1", ids[Pick(n, mails)]), "–"),
            new("part content, 3 KB", n => Get($"/api/emails/{parts[n % parts.Count]}/content"), n => Rows("SELECT raw FROM message_raw WHERE message_id = $1", Guid.Parse(parts[n % parts.Count].Split('/')[0])), "–"),
        ];
    }

    private static ReadingWork Search(string name, Guid account, string aim, Func<int, string> query, Func<int, string> tsquery) => new(
        $"search, {name}", n => new HttpRequestMessage(HttpMethod.Post, $"/api/accounts/{account}/emails/search") { Content = JsonContent.Create(new { query = query(n) }) },
        n => Rows($"""
            SELECT {Columns}, ts_rank(s.words, $2::tsquery) AS rank FROM message m JOIN message_search s ON s.message_id = m.id
            WHERE m.account_id = $1 AND m.deleted_at IS NULL AND s.words @@ $2::tsquery ORDER BY rank DESC LIMIT 20
            """, account, new NpgsqlParameter { Value = tsquery(n), NpgsqlDbType = NpgsqlDbType.Text }), aim);

    private static int Pick(int n, int of) => (int)((long)n * 7919 % of);

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static NpgsqlBatchCommand Rows(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }
}
