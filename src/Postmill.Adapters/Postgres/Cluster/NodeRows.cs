using Npgsql;

namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>Table <c>node</c>: what operators see of a process and Orleans' membership does not know.</summary>
internal sealed class NodeRows(NpgsqlDataSource database)
{
    private const string Register = """
        INSERT INTO node (id, cluster, name, address, role, version) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET seen_at = now(), ended_at = NULL
        """;

    private const string Forget = "DELETE FROM node n WHERE seen_at < now() - $1 AND NOT EXISTS (SELECT 1 FROM silo s WHERE s.owner = n.id AND s.status <> 'dead')";

    public async Task RegisterAsync(NodeRow node, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(Forget, ClusterLimits.KeepGoneFor));
        batch.BatchCommands.Add(Sql.Batch(Register, node.Id, node.Cluster, node.Name, node.Address, node.Role, node.Version));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>It takes no more work.</summary>
    public Task DrainingAsync(string id, CancellationToken cancellationToken) => ExecuteAsync("UPDATE node SET draining_at = coalesce(draining_at, now()) WHERE id = $1", id, cancellationToken);

    public Task EndedAsync(string id, CancellationToken cancellationToken) => ExecuteAsync("UPDATE node SET seen_at = now(), ended_at = now() WHERE id = $1", id, cancellationToken);

    private async Task ExecuteAsync(string sql, string id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(sql, id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

internal sealed record NodeRow(string Id, string Cluster, string Name, string Address, string Role, string Version);
