using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

/// <summary>Table <c>audit</c>, append-only.</summary>
internal sealed class AuditLog(NpgsqlDataSource database, TimeProvider clock) : IAuditLog
{
    public async Task WriteAsync(AuditLine line, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail, code) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = (object?)line.UserId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)line.AccountId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = line.Actor });
        command.Parameters.Add(new() { Value = line.Action });
        command.Parameters.Add(new() { Value = line.Subject });
        command.Parameters.Add(new() { Value = line.Outcome });
        command.Parameters.Add(new() { Value = line.DetailJson, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)line.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
