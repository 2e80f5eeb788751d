using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Domain.Messages;

namespace Postmill.Bench.Reading;

/// <summary>Fills an account by the product's own reader and COPY, without a mail server.</summary>
internal sealed class MailboxLoader(NpgsqlDataSource database, Guid account)
{
    private const int Together = 500, Writers = 2;
    private static readonly DateTimeOffset Begin = new(2024, 1, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The ids, by number.</summary>
    public async Task<Guid[]> LoadAsync(int mails)
    {
        var ids = new Guid[mails];
        for (var i = 0; i < mails; i++) ids[i] = Guid.CreateVersion7(Begin.AddMinutes(i));
        var folder = await FolderAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, mails).Chunk(Together), new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (numbers, token) =>
        {
            await using var connection = await database.OpenConnectionAsync(token);
            await using var transaction = await connection.BeginTransactionAsync(token);
            var messages = numbers.Select(n =>
            {
                var at = Begin.AddMinutes(n);
                return new NewMessage(ids[n], IncomingMailReader.Read((uint)n + 1, [], at, LargeMailbox.Mail(n, mails)), MessageDirection.Inbound, at);
            }).ToList();
            await new MessageCopy(connection, account, Begin).WriteAsync(messages, token);
            await PlaceAsync(connection, folder, numbers, ids, token);
            await transaction.CommitAsync(token);
        });
        await using var vacuum = database.CreateCommand("VACUUM ANALYZE");
        vacuum.CommandTimeout = 600;
        await vacuum.ExecuteNonQueryAsync();
        return ids;
    }

    private async Task<long> FolderAsync()
    {
        await using var insert = database.CreateCommand(
            "INSERT INTO folder (account_id, wire_name, name, special_use, selectable, uid_validity) VALUES ($1, 'INBOX', 'INBOX', 'inbox', true, 1) RETURNING id");
        insert.Parameters.Add(new() { Value = account });
        return (long)(await insert.ExecuteScalarAsync())!;
    }

    private static async Task PlaceAsync(NpgsqlConnection connection, long folder, int[] numbers, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY location (folder_id, uid_validity, uid, message_id, flags) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var number in numbers)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(folder, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(1L, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(number + 1L, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(ids[number], NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(number % 4 == 0 ? [] : new[] { "\\Seen" }, NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
