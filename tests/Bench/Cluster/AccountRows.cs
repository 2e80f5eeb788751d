using Npgsql;

namespace Postmill.Bench.Cluster;

/// <summary>Accounts as a first sync leaves them, one a user, due one after the other over five minutes.</summary>
/// <param name="Count">How many.</param>
internal sealed record AccountRows(int Count)
{
    public const double CadenceSeconds = 300;

    private const string Insert = """
        INSERT INTO users (id, email, email_key, password_hash, role, created_at)
          SELECT md5('user ' || n)::uuid, n || '@example.org', n || '@example.org', '-', 'admin', now() FROM generate_series($1, $2) n;
        """;

    private const string InsertAccounts = """
        INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, secret, is_default, connected, created_at,
            connected_at, first_synced_at, last_success_at, failed_runs, next_sync_at)
          SELECT md5('account ' || n)::uuid, md5('user ' || n)::uuid, n || '@example.org', n || '@example.org', 'imap' || n % 1000 || '.example.org', 993, 'implicit',
            'smtp.example.org', 465, 'implicit', n || '@example.org', $3, true, true, now(), now(), now(), now(), $4, now() + $5 + $6 * ((n - $1)::float8 / ($2 - $1 + 1))
          FROM generate_series($1, $2) n
        """;

    private const string InsertFolders = """
        INSERT INTO folder (account_id, wire_name, name, delimiter, special_use, selectable, uid_validity, uid_next, highest_modseq)
          SELECT md5('account ' || n)::uuid, f.name, f.name, '/', f.use, true, $3, $4, $5
          FROM generate_series($1, $2) n, (VALUES ('INBOX', 'inbox'), ('Sent', 'sent')) AS f (name, use)
        """;

    /// <summary>The number of the first one.</summary>
    public int First { get; init; }

    /// <summary>When the first is due. Null: a new owner begins a run of each at once, as after a loss; else each waits for its time.</summary>
    public TimeSpan? DueAfter { get; init; }

    public async Task InsertAsync(NpgsqlDataSource database, byte[] secret)
    {
        var last = First + Count - 1;
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        batch.Timeout = 300;
        Add(batch, Insert, First, last);
        // One failure: then the ladder's time rules, also for a new owner.
        Add(batch, InsertAccounts, First, last, secret, DueAfter is null ? 0 : 1, DueAfter ?? TimeSpan.Zero, TimeSpan.FromSeconds(CadenceSeconds));
        Add(batch, InsertFolders, First, last, (long)SimulatedMailbox.UidValidity, (long)SimulatedMailbox.UidNext, (long)SimulatedMailbox.ModSeq);
        await batch.ExecuteNonQueryAsync();
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        batch.BatchCommands.Add(command);
    }
}
