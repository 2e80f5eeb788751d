using System.Data;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Jobs;

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
    /// <param name="onServerBy">In whose name the server is told too, as a job; null: the record alone is edited.</param>
    public Task<EditResult> ChangeAsync(EmailAddressing email, Func<StoredEmail, bool> fits, EmailChange change, string? onServerBy, CancellationToken cancellationToken) =>
        EditAsync(email, fits, onServerBy, async (connection, stored, acts) =>
        {
            NamedFolder? target = null;
            if (acts is not null && change.Folder is { Value: { } name })
            {
                target = await acts.FindFolderAsync(name, cancellationToken);
                if (target is null) return new EditResult.NoSuchFolder();
                change = change with { Folder = new Change<string?>(target.Name) };
            }

            await UpdateAsync(connection, email.EmailId, change, time.GetUtcNow(), cancellationToken);
            var words = new ActWords(change.Read?.Value, change.Starred?.Value, target?.WireName, target?.Name);
            var job = acts is null ? null : await acts.AddAsync(target is null ? JobKinds.ChangeFlags : JobKinds.MoveMessage, words, cancellationToken);
            return new EditResult.Done((await ReadAsync(connection, email, cancellationToken))!, job);
        }, cancellationToken);

    /// <inheritdoc cref="ChangeAsync"/>
    public Task<EditResult> DeleteAsync(EmailAddressing email, Func<StoredEmail, bool> fits, string? onServerBy, CancellationToken cancellationToken) =>
        EditAsync(email, fits, onServerBy, async (connection, stored, acts) =>
        {
            var trash = acts is null ? null : await acts.TrashAsync(cancellationToken);
            var job = acts is null ? null : await acts.AddAsync(JobKinds.DeleteMessage, new ActWords(null, null, trash?.WireName, trash?.Name), cancellationToken);
            await using var batch = connection.CreateBatch();
            foreach (var command in Erasing.Commands([email.EmailId], stored.AccountId, time.GetUtcNow())) batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return new EditResult.Done(stored, job);
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
        EmailAddressing email, Func<StoredEmail, bool> fits, string? onServerBy, Func<NpgsqlConnection, StoredEmail, ActEnqueue?, Task<EditResult>> edit, CancellationToken cancellationToken)
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
        var acts = onServerBy is null ? null : new ActEnqueue(connection, email.UserId, stored, onServerBy, time.GetUtcNow());
        if (acts is not null && !await acts.IsConnectedAsync(cancellationToken)) return new EditResult.Disconnected();
        var result = await edit(connection, stored, acts);
        if (result is EditResult.Done) await transaction.CommitAsync(cancellationToken);
        return result;
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
