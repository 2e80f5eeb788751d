using System.Globalization;
using System.Net.Http.Headers;
using Npgsql;
using Postmill.Bench.Grains;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Reading;

/// <summary>
/// Reading and searching one large mailbox over REST, beside an empty minimal-API route and beside bare SQL on the same rows. Requests a second of eight callers; the 99th
/// percentile of one, who shares the machine with nobody but the host and PostgreSQL.
/// </summary>
internal static class ReadingBench
{
    private const int Many = 8;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4), WarmUp = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresOptions { Settings = new Dictionary<string, string> { ["shared_buffers"] = "512MB" } });
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var host = await BenchHost.StartAsync(options, connectionString);
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var empty = await EmptyRoute.StartAsync();
        var account = await AccountAsync(database);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reading: {options.Mailbox} mails are generated and loaded"));
        var ids = await new MailboxLoader(database, account).LoadAsync(options.Mailbox);
        var parts = await PartsAsync(database, account);

        using var client = Client(host.Address, host.Client.DefaultRequestHeaders.Authorization);
        using var bare = Client(empty.Address, null);
        var route = await MeasureAsync((_, _) => HttpAsync(bare, new HttpRequestMessage(HttpMethod.Get, "/")));
        table.Add("the empty route", route.ToString(), "–", "–", "–");
        foreach (var work in ReadingWork.All(account, ids, parts))
        {
            var ours = await MeasureAsync((caller, n) => HttpAsync(client, work.Request((n * Many) + caller)));
            var sql = await MeasureAsync((caller, n) => SqlAsync(database, work.Bare((n * Many) + caller)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reading: {work.Name}: {ours}; bare SQL {sql}"));
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{work.Name}, of {options.Mailbox} mails"), ours.ToString(), $"bare SQL {sql}",
                string.Create(CultureInfo.InvariantCulture, $"{ours.PerSecond / route.PerSecond:F2} × the empty route's, {ours.PerSecond / sql.PerSecond:F2} × the SQL's requests/s"), work.Aim);
        }
    }

    private static async Task<Reading> MeasureAsync(Func<int, int, ValueTask<int>> call)
    {
        await Callers.RunAsync(Many, WarmUp, call);
        var many = await Callers.RunAsync(Many, Time, call);
        var one = await Callers.RunAsync(1, Time, call);
        return new Reading(many.PerSecond, one.P50 / 1000, one.P99 / 1000);
    }

    private static async ValueTask<int> HttpAsync(HttpMessageInvoker client, HttpRequestMessage request)
    {
        using var _ = request;
        request.RequestUri = new Uri(((HttpClient)client).BaseAddress!, request.RequestUri!);
        request.Headers.Authorization = ((HttpClient)client).DefaultRequestHeaders.Authorization;
        using var answer = await client.SendAsync(request, CancellationToken.None);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode ? body.Length : throw new InvalidOperationException($"{request.RequestUri}: {(int)answer.StatusCode}");
    }

    private static async ValueTask<int> SqlAsync(NpgsqlDataSource database, NpgsqlBatchCommand command)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(command);
        await using var row = await batch.ExecuteReaderAsync();
        var rows = 0;
        for (; await row.ReadAsync(); rows++)
            for (var column = 0; column < row.FieldCount; column++) row.GetValue(column);
        return rows;
    }

    private static HttpClient Client(Uri address, AuthenticationHeaderValue? session) =>
        new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = address, DefaultRequestHeaders = { Authorization = session } };

    /// <summary>Disconnected: it is read, and nothing syncs it.</summary>
    private static async Task<Guid> AccountAsync(NpgsqlDataSource database)
    {
        await using var insert = database.CreateCommand("""
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, is_default, connected, created_at, connected_at)
            SELECT gen_random_uuid(), id, 'large@example.org', 'large@example.org', 'h', 993, 'implicit', 'h', 465, 'implicit', 'u', false, false, now(), now() FROM users RETURNING id
            """);
        return (Guid)(await insert.ExecuteScalarAsync())!;
    }

    /// <summary>Paths of files below <c>/api/emails/</c>.</summary>
    private static async Task<IReadOnlyList<string>> PartsAsync(NpgsqlDataSource database, Guid account)
    {
        await using var select = database.CreateCommand("""
            SELECT m.id, p.ordinal FROM message m JOIN message_part p ON p.message_id = m.id WHERE m.account_id = $1 AND p.disposition = 'attachment' ORDER BY m.id LIMIT 5000
            """);
        select.Parameters.Add(new() { Value = account });
        await using var row = await select.ExecuteReaderAsync();
        var parts = new List<string>();
        while (await row.ReadAsync()) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{row.GetGuid(0)}/parts/{row.GetGuid(0):N}-{row.GetInt32(1)}"));
        return parts;
    }
}

/// <param name="PerSecond">Requests of all callers.</param>
/// <param name="P50">Milliseconds, of one caller alone.</param>
/// <param name="P99">Likewise.</param>
internal sealed record Reading(double PerSecond, double P50, double P99)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:F0}/s, p50 {P50:F1} ms, p99 {P99:F1} ms");
}
