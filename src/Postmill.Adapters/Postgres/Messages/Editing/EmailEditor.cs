using System.Data;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>
/// The user's own acts on records, outside the fence. They write columns that no sync writes, and lock the message's row in the mode that a place's foreign key does
/// not wait for: an edit never blocks a sync, and a sync never takes an edit back but by the rule in the schema (0007).
/// </summary>
public sealed class EmailEditor(NpgsqlDataSource database, TimeProvider time)
{
    private const string Lock = """
        SELECT 1 FROM message m JOIN account a ON a.id = m.account_id
        WHERE m.id = $1 AND a.user_id = $2 AND ($3::uuid IS NULL OR m.account_id = $3) AND m.deleted_at IS NULL FOR NO KEY UPDATE OF m
        """;

    /// <param name="fits">Whether the mail is still as the client thinks, asked while its row is locked.</param>
    public Task<EditResult> ChangeAsync(EmailAddressing email, Func<StoredEmail, bool> fits, EmailChange change, CancellationToken cancellationToken) =>
        EditAsync(email, fits, async (connection, _) =>
        {
            await UpdateAsync(connection, email.EmailId, change, time.GetUtcNow(), cancellationToken);
            return (await ReadAsync(connection, email, cancellationToken))!;
        }, cancellationToken);

    /// <inheritdoc cref="ChangeAsync"/>
    public Task<EditResult> DeleteAsync(EmailAddressing email, Func<StoredEmail, bool> fits, CancellationToken cancellationToken) =>
        EditAsync(email, fits, async (connection, stored) =>
        {
            await using var batch = connection.CreateBatch();
            foreach (var command in Erasing.Commands([email.EmailId], stored.AccountId, time.GetUtcNow())) batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return stored;
        }, cancellationToken);

    internal static async Task UpdateAsync(NpgsqlConnection connection, Guid emailId, EmailChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Update(emailId, change, now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static async Task<StoredEmail?> ReadAsync(NpgsqlConnection connection, EmailAddressing email, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = EmailQueries.One;
        foreach (var parameter in Addressed(email)) command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? EmailRows.Read(rows) : null;
    }

    private async Task<EditResult> EditAsync(
        EmailAddressing email, Func<StoredEmail, bool> fits, Func<NpgsqlConnection, StoredEmail, Task<StoredEmail>> edit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = Lock;
            foreach (var parameter in Addressed(email)) command.Parameters.Add(parameter);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        // Read after the lock: what waited for another edit sees its outcome.
        if (await ReadAsync(connection, email, cancellationToken) is not { } stored) return new EditResult.NotThere();
        if (!fits(stored)) return new EditResult.Changed();
        var done = await edit(connection, stored);
        await transaction.CommitAsync(cancellationToken);
        return new EditResult.Done(done);
    }

    private static NpgsqlBatchCommand Update(Guid emailId, EmailChange change, DateTimeOffset now)
    {
        var command = Sql.Batch("", emailId, now);
        var sets = new List<string> { "updated_at = $2" };
        Set("read_here", change.Read is { } read ? (true, (object?)read.Value) : default, NpgsqlDbType.Boolean);
        Set("starred_here", change.Starred is { } starred ? (true, (object?)starred.Value) : default, NpgsqlDbType.Boolean);
        Set("folder_here", change.Folder is { } folder ? (true, folder.Value) : default, NpgsqlDbType.Text);
        Set("tags", change.Tags is { } tags ? (true, tags.Value) : default, NpgsqlDbType.Array | NpgsqlDbType.Text);
        Set("notes", change.Notes is { } notes ? (true, notes.Value) : default, NpgsqlDbType.Text);
        command.CommandText = $"UPDATE message SET {string.Join(", ", sets)} WHERE id = $1";
        return command;

        void Set(string column, (bool IsGiven, object? Value) given, NpgsqlDbType type)
        {
            if (!given.IsGiven) return;
            command.Parameters.Add(new() { Value = given.Value ?? DBNull.Value, NpgsqlDbType = type });
            sets.Add($"{column} = ${command.Parameters.Count}");
        }
    }

    private static NpgsqlParameter[] Addressed(EmailAddressing email) =>
    [
        new() { Value = email.EmailId }, new() { Value = email.UserId },
        new() { Value = (object?)email.AccountId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
    ];
}
