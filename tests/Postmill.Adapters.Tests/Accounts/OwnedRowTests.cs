using Npgsql;
using Postmill.Adapters.Postgres.Accounts;

namespace Postmill.Adapters.Tests.Accounts;

/// <summary>After a start or a loss an owner has all its accounts before the next ANALYZE hears of it.</summary>
public sealed class OwnedRowTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const int Accounts = 2_000;

    [Theory]
    [InlineData("SELECT fence($1, $2, $3)")]
    [InlineData($"SELECT 1 FROM account WHERE {SyncColumns.Owned}")]
    public async Task A_write_reads_its_own_row_alone_though_the_statistics_do_not_know_the_owner(string check)
    {
        // In one transaction, so that no autovacuum mends the statistics meanwhile.
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var (user, owner) = (await database.NewUserAsync(), "127.0.0.1:11111@1");
        await ExecuteAsync(connection, $"""
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, is_default, connected, created_at, connected_at)
            SELECT md5('owned ' || n)::uuid, $1, n || '@owned', n || '@owned', 'h', 1, 'none', 'h', 1, 'none', 'u', false, true, now(), now() FROM generate_series(1, {Accounts}) n
            """, user);
        await ExecuteAsync(connection, "ANALYZE account");
        await ExecuteAsync(connection, "UPDATE account SET owner = $1, epoch = 1 WHERE user_id = $2", owner, user);
        var before = await FetchedAsync(connection);
        await ExecuteAsync(connection, check, await ScalarAsync<Guid>(connection, "SELECT md5('owned 7')::uuid"), owner, 1L);
        Assert.Equal(before + 1, await FetchedAsync(connection));
    }

    private static Task<long> FetchedAsync(NpgsqlConnection connection) =>
        ScalarAsync<long>(connection, "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'account'");

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
