using Npgsql;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Writes silos and accounts straight into the tables, by the database's clock, as they stand after something happened.</summary>
internal sealed class ClusterRows(string connectionString) : IAsyncDisposable
{
    private static int _generation;

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });

    /// <param name="status">Of <c>SiloStatus</c>: active, draining or joining.</param>
    /// <param name="deadFor">Seconds since it was declared dead.</param>
    /// <param name="seenAgo">Seconds since it wrote that it lives.</param>
    /// <returns>What accounts name as their owner.</returns>
    public async Task<string> SiloAsync(string name, string status = "active", int? deadFor = null, int seenAgo = 1, string cluster = "postmill", string role = "all", int startedAgo = 3_600)
    {
        var generation = Interlocked.Increment(ref _generation);
        var address = $"10.0.0.{(name.Length % 250)}";
        var state = deadFor is not null ? 6 : status switch { "joining" => 2, "draining" => 4, _ => 3 };
        await ExecuteAsync("INSERT INTO orleansmembershipversiontable (deploymentid) VALUES ($1) ON CONFLICT DO NOTHING", cluster);
        await ExecuteAsync("""
            INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime, diedat)
            VALUES ($1, $2, 11111, $3, $4, 'machine', $5, 0, now() - $6 * interval '1 s', now() - $7 * interval '1 s', now() - $8 * interval '1 s')
            """, cluster, address, generation, name, state, startedAgo, deadFor ?? seenAgo, Typed(deadFor, NpgsqlTypes.NpgsqlDbType.Integer));
        var owner = $"{address}:11111@{generation}";
        await ExecuteAsync("INSERT INTO node (id, cluster, name, address, role, version) VALUES ($1, $2, $3, $4, $5, '0.1.0')", owner, cluster, name, $"{address}:11111", role);
        return owner;
    }

    /// <param name="seenAgo">Seconds since it wrote that it lives.</param>
    public Task FrontAsync(string name, int seenAgo = 1, string cluster = "postmill") => ExecuteAsync(
        "INSERT INTO node (id, cluster, name, address, role, version, seen_at) VALUES ($1, $2, $3, 'machine', 'front', '0.1.0', now() - $4 * interval '1 s')", $"front/{name}", cluster, name, seenAgo);

    /// <param name="dueIn">Seconds until its next run; negative: overdue since; null: nothing automatic happens any more.</param>
    public Task AccountsAsync(int count, string? owner, int? dueIn = 300, bool running = false, string? error = null, bool everSynced = true, int connectedAgo = 7_200, bool connected = true) =>
        ExecuteAsync("""
            WITH owner AS (INSERT INTO users (id, email, email_key, password_hash, role, created_at)
              VALUES (gen_random_uuid(), gen_random_uuid()::text, gen_random_uuid()::text, 'none', 'send', now()) RETURNING id)
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, is_default, connected,
              created_at, connected_at, owner, epoch, next_sync_at, run_started_at, last_error, last_success_at)
            SELECT gen_random_uuid(), owner.id, n || '@example.org', n || '@example.org', 'imap.example.org', 993, 'implicit', 'smtp.example.org', 465, 'implicit', 'u', false, $8,
              now() - $7 * interval '1 s', now() - $7 * interval '1 s', $2, 1, now() + $3 * interval '1 s', CASE WHEN $4 THEN now() END, $5, CASE WHEN $6 THEN now() END
            FROM owner, generate_series(1, $1) n
            """, count, Typed(owner, NpgsqlTypes.NpgsqlDbType.Text), Typed(dueIn, NpgsqlTypes.NpgsqlDbType.Integer), running, Typed(error, NpgsqlTypes.NpgsqlDbType.Text), everSynced, connectedAgo, connected);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static NpgsqlParameter Typed(object? value, NpgsqlTypes.NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = _database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
