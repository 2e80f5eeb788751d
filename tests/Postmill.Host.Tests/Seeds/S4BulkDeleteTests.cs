using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Seeds;

/// <summary>"Bulk delete matched email records" (S4), many of them, beside a sync.</summary>
public sealed class S4BulkDeleteTests(S4Tests.World shared) : IClassFixture<S4Tests.World>
{
    private const int Many = 50_000;

    [Fact]
    public async Task Of_50_000_records_each_answer_says_how_many_went_within_its_page_and_a_sync_beside_it_stores_what_is_new()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.RunAsync(Fill, account);
        var first = await DeleteAsync(tenant, account, limit: null);
        Assert.Equal((1_000, true), (first.GetProperty("count").GetInt32(), first.GetProperty("more").GetBoolean()));

        await tenant.SeedAsync(5);
        var sync = tenant.SyncAsync(account);
        var gone = 1_000;
        for (var more = true; more;)
        {
            var page = await DeleteAsync(tenant, account, Many);
            var count = page.GetProperty("count").GetInt32();
            Assert.InRange(count, 0, Many);
            (gone, more) = (gone + count, page.GetProperty("more").GetBoolean());
        }

        Assert.Equal("synced", (await sync).GetProperty("status").GetString());
        Assert.Equal(Many, gone);
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM message_raw r JOIN message m ON m.id = r.message_id WHERE m.deleted_at IS NOT NULL AND m.account_id = $1", account));
        Assert.Equal(5, (await Messages.MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails")).GetProperty("emails").GetArrayLength());
    }

    [Fact]
    public async Task A_deletion_in_the_middle_of_its_transaction_holds_up_no_sync()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(20);
        await tenant.SyncAsync(account);
        var database = shared.Host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = connection.CreateBatch();
        foreach (var command in Erasing.Commands(await IdsAsync(database, account), account, TimeProvider.System.GetUtcNow())) batch.BatchCommands.Add(command);
        Assert.Equal(80, await batch.ExecuteNonQueryAsync()); // rows of four tables

        await tenant.DeliverAsync("news");
        await tenant.DeliverAsync("more news");
        Assert.Equal(2, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        await transaction.CommitAsync();
        Assert.Equal(2, (await Messages.MailHost.GetAsync(tenant.User, $"/api/accounts/{account}/emails")).GetProperty("emails").GetArrayLength());
    }

    // As ingest leaves them, but for parts.
    private const string Fill = """
        WITH mail AS (
          INSERT INTO message (id, account_id, sha256, size, direction, thread_id, subject, from_json, to_json, cc_json, bcc_json, reply_to_json, received_at, has_attachments, snippet,
            created_at, updated_at)
          SELECT gen_random_uuid(), $1, sha256(n::text::bytea), 100, 'inbound', gen_random_uuid(), 'bulk ' || n, '[]', '[]', '[]', '[]', '[]',
            timestamptz '2026-01-01' + n * interval '1 s', false, '', now(), now()
          FROM generate_series(1, 50000) n RETURNING id
        ), raw AS (
          INSERT INTO message_raw SELECT id, 'Subject: bulk' FROM mail
        )
        INSERT INTO message_search (message_id, words) SELECT id, 'bulk:1A' FROM mail
        """;

    private static async Task<JsonElement> DeleteAsync(Tenant tenant, Guid account, int? limit)
    {
        using var answer = await tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/emails/search-delete", new { query = "bulk", limit });
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
        return body;
    }

    private static async Task<Guid[]> IdsAsync(NpgsqlDataSource database, Guid account)
    {
        await using var select = database.CreateCommand("SELECT array_agg(id) FROM message WHERE account_id = $1");
        select.Parameters.Add(new() { Value = account });
        return (Guid[])(await select.ExecuteScalarAsync())!;
    }
}
