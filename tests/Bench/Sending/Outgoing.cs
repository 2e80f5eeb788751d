using System.Net.Http.Json;
using Npgsql;

namespace Postmill.Bench.Sending;

/// <summary>Mails in the host's outbox, and how they stand.</summary>
internal static class Outgoing
{
    private const int AtOnce = 8;

    /// <summary>Over HTTP, as clients do, for a time far away.</summary>
    public static async Task HandInAsync(BenchHost host, string account, int mails, int bytes)
    {
        var later = TimeProvider.System.GetUtcNow().AddDays(30);
        var text = Text(bytes);
        await Parallel.ForEachAsync(Enumerable.Range(0, mails), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (n, ct) =>
        {
            using var answer = await host.Client.PostAsJsonAsync($"/api/accounts/{account}/smtp/messages",
                new { to_json = $"r{n}@example.net", subject = $"Mail {n}", text_body = text, send_at = later, priority = "bulk" }, ct);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
        });
    }

    /// <summary>All of them are due now, and one more mail wakes the account.</summary>
    public static async Task ReleaseAsync(BenchHost host, NpgsqlDataSource rows, string account)
    {
        await using var due = rows.CreateCommand("UPDATE job SET next_run_at = now() WHERE kind = 'send_message' AND state = 'queued'");
        await due.ExecuteNonQueryAsync();
        using var answer = await host.Client.PostAsJsonAsync($"/api/accounts/{account}/smtp/messages", new { to_json = "wakes@example.net" });
        answer.EnsureSuccessStatusCode();
    }

    public static async Task<long> OpenAsync(NpgsqlDataSource rows)
    {
        await using var count = rows.CreateCommand("SELECT count(*) FROM job WHERE kind = 'send_message' AND state IN ('queued', 'running', 'retrying')");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>Of a mail, as it goes over the wire.</summary>
    public static async Task<int> BytesAsync(NpgsqlDataSource rows)
    {
        await using var size = rows.CreateCommand("SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY size)::int FROM outgoing");
        return (int)(await size.ExecuteScalarAsync())!;
    }

    public static string Text(int bytes) => string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog, again and again.\r\n", (bytes / 63) + 1))[..bytes];
}
