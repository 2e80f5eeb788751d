using Npgsql;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>Stores a record that a client writes: as a mail with no place, read and indexed as any mail is. Nothing is sent and no server is told.</summary>
public sealed class RecordWriter(NpgsqlDataSource database, TimeProvider time)
{
    public async Task<EditResult> CreateAsync(Guid userId, Guid accountId, EmailRecord record, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, userId, accountId, cancellationToken) is not { } own) return new EditResult.NotThere();
        if (record.MessageId is { } given && await IsThereAsync(connection, accountId, given, cancellationToken)) return new EditResult.Exists();
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var receivedAt = record.Date ?? now;
        var messageId = record.MessageId ?? $"{id:N}@{own[(own.LastIndexOf('@') + 1)..]}";
        var mail = IncomingMailReader.Read(0, [], receivedAt, RecordBytes.Of(id, record, messageId, receivedAt)) with { MessageId = messageId };
        var fromAccount = record.From.Any(address => string.Equals(address.Email, own, StringComparison.OrdinalIgnoreCase));
        var direction = record.Direction ?? MessageDirection.Of(specialUse: null, fromAccount);
        await new MessageCopy(connection, accountId, now).WriteAsync([new NewMessage(id, mail, direction, receivedAt)], cancellationToken);
        await EmailEditor.UpdateAsync(connection, id, record.State, now, cancellationToken);
        var stored = await EmailEditor.ReadAsync(connection, new EmailAddressing(userId, accountId, id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new EditResult.Done(stored!);
    }

    /// <summary>The account's address. Its row is locked as the fence locks it: two clients do not write one Message-ID, and no batch of a sync runs beside.</summary>
    private static async Task<string?> LockAsync(NpgsqlConnection connection, Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT email FROM account WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE";
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = userId });
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, Guid accountId, string messageId, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM message WHERE account_id = $1 AND message_id = $2 LIMIT 1";
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = messageId });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }
}
