using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain;
using Postmill.Domain.Accounts;
using Postmill.Domain.Feed;
using Postmill.Domain.Messages;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>
/// Stores a batch in one transaction: fence, which contents are known, COPY of the new ones, places, counters, events, commit. The fence makes this the only writer
/// of the account, so what is new is known before it is copied and the raw bytes are written once, with no staging table.
/// </summary>
internal sealed class MessageWriter(NpgsqlDataSource database, Fence fence, TimeProvider time)
{
    public async Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            return await StoreWholeAsync(claim, batch, cancellationToken);
        }
        catch (PostgresException refused) when (RefusedMail.IsOne(refused))
        {
            return await StoreSinglyAsync(claim, batch, cancellationToken);
        }
    }

    /// <summary>One mail that the database does not take, as it was read, must not stop the mailbox: found by storing each alone, it is stored without what was read.</summary>
    private async Task<BatchStored> StoreSinglyAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken)
    {
        var all = new BatchStored(0, null);
        for (var at = 0; at < batch.Mails.Count; at++)
        {
            var single = batch with { Mails = [batch.Mails[at]], UidNext = at == batch.Mails.Count - 1 ? batch.UidNext : null };
            BatchStored stored;
            try
            {
                stored = await StoreWholeAsync(claim, single, cancellationToken);
            }
            catch (PostgresException refused) when (RefusedMail.IsOne(refused))
            {
                stored = await StoreWholeAsync(claim, single with { Mails = [RefusedMail.Bare(batch.Mails[at], refused)] }, cancellationToken);
            }

            all = new BatchStored(all.NewMessages + stored.NewMessages, stored.FeedSeq ?? all.FeedSeq);
        }

        return all;
    }

    private async Task<BatchStored> StoreWholeAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        return await fence.GuardAsync(claim, async () =>
        {
            var ids = await KnownAsync(connection, claim, batch.Mails, cancellationToken);
            var fresh = Fresh(claim, batch, ids);
            if (fresh.Count > 0) await new MessageCopy(connection, claim.AccountId, time.GetUtcNow()).WriteAsync(fresh, cancellationToken);
            var inbound = fresh.FindAll(m => m.Direction == MessageDirection.Inbound);
            await PlaceAsync(connection, claim, batch, ids, fresh, inbound, cancellationToken);
            var events = Events(batch, inbound);
            events.AddRange(await new ReportWriter(connection, claim, time.GetUtcNow()).ApplyAsync(inbound, m => IsNews(batch, m), cancellationToken));
            if (events.Count == 0) await NeedNotWaitAsync(connection, cancellationToken);
            long? seq = events.Count == 0 ? null : await FeedWriter.AppendAsync(connection, transaction, claim.UserId, events, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new BatchStored(inbound.Count, seq);
        });
    }

    /// <summary>
    /// Nobody is told of a batch without events, and it can be fetched again: its commit need not wait for the disk. The log is written in order, so the commit that
    /// moves the cursor, which does wait, makes every batch before it durable.
    /// </summary>
    private static async Task NeedNotWaitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.NeedNotWait());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Fence, then the ids of the contents that the account has already.</summary>
    private static async Task<Dictionary<string, Guid>> KnownAsync(NpgsqlConnection connection, Claim claim, IReadOnlyList<IncomingMail> mails, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Fence.Command(claim));
        batch.BatchCommands.Add(Sql.Batch("SELECT sha256, id FROM message WHERE account_id = $1 AND sha256 = ANY ($2)", claim.AccountId, mails.Select(m => m.Sha256).ToArray()));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        var ids = new Dictionary<string, Guid>(mails.Count, StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken)) ids[Convert.ToHexString(row.GetFieldValue<byte[]>(0))] = row.GetGuid(1);
        return ids;
    }

    /// <summary>The first of each unknown content gets an id; equal copies in one batch are one message.</summary>
    private List<NewMessage> Fresh(Claim claim, MailBatch batch, Dictionary<string, Guid> ids)
    {
        var now = time.GetUtcNow();
        var fresh = new List<NewMessage>();
        foreach (var mail in batch.Mails)
        {
            var id = Guid.CreateVersion7(now);
            if (!ids.TryAdd(Convert.ToHexString(mail.Sha256), id)) continue;
            var fromAccount = mail.From.Any(a => string.Equals(a.Email, batch.AccountEmail, StringComparison.OrdinalIgnoreCase));
            fresh.Add(new NewMessage(id, mail, MessageDirection.Of(batch.Folder.SpecialUse, fromAccount), mail.ReceivedAt ?? mail.Date ?? now));
        }

        return fresh;
    }

    private async Task PlaceAsync(
        NpgsqlConnection connection, Claim claim, MailBatch batch, Dictionary<string, Guid> ids, List<NewMessage> fresh, List<NewMessage> inbound, CancellationToken cancellationToken)
    {
        // A server that answers one UID twice would make the upsert touch a row twice, which PostgreSQL refuses.
        var places = batch.Mails.GroupBy(m => m.Uid).Select(g => g.Last()).ToArray();
        await using var commands = connection.CreateBatch();
        commands.BatchCommands.Add(Sql.Batch("""
            WITH placed AS (
              INSERT INTO location (folder_id, uid_validity, uid, message_id, flags)
              SELECT $1, $2, p.uid, p.message_id, coalesce(string_to_array(nullif(p.flags, ''), ' '), '{}') FROM unnest($3, $4, $5) AS p (uid, message_id, flags)
              ON CONFLICT (folder_id, uid_validity, uid) DO UPDATE SET message_id = excluded.message_id, flags = excluded.flags
              RETURNING (xmax = 0) AS is_new
            )
            UPDATE folder SET message_count = message_count + (SELECT count(*) FROM placed WHERE is_new), uid_next = coalesce($6, uid_next) WHERE id = $1
            """,
            batch.Folder.Id, batch.UidValidity,
            places.Select(m => (long)m.Uid).ToArray(),
            places.Select(m => ids[Convert.ToHexString(m.Sha256)]).ToArray(),
            places.Select(m => FlagText.Join(m.Flags)).ToArray(),
            batch.UidNext is { } next ? next : Sql.Null(NpgsqlDbType.Bigint)));
        if (inbound.Count > 0) commands.BatchCommands.Add(Sql.Batch("UPDATE account SET stored_total = stored_total + $2 WHERE id = $1", claim.AccountId, (long)inbound.Count));
        if (ReportWriter.Proof(claim, inbound, time.GetUtcNow()) is { } proof) commands.BatchCommands.Add(proof);
        foreach (var message in fresh.Where(m => m.Mail.Defects.Count > 0)) commands.BatchCommands.Add(Defects(claim, message));
        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A mail that could not be read in full is stored as it is and named here.</summary>
    private NpgsqlBatchCommand Defects(Claim claim, NewMessage message) => Sql.Batch("""
        INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail) VALUES ($1, $2, $3, 'sync', 'message.parse', $4, 'defects', $5)
        """,
        time.GetUtcNow(), claim.UserId, claim.AccountId, message.Id.ToString(),
        new NpgsqlParameter { Value = JsonSerializer.Serialize(message.Mail.Defects), NpgsqlDbType = NpgsqlDbType.Jsonb });

    private List<FeedEntry> Events(MailBatch batch, List<NewMessage> inbound) =>
    [
        .. inbound
            .Where(m => IsNews(batch, m))
            .OrderBy(m => m.ReceivedAt).ThenBy(m => m.Mail.Uid)
            .Select(m => new FeedEntry(
                EmailReceived.EventType,
                new EmailReceived(m.Mail.From.Count > 0 ? m.Mail.From[0].Email : "", m.Mail.Subject ?? "", WireTime.Format(m.ReceivedAt)).ToJson(),
                time.GetUtcNow())),
    ];

    private static bool IsNews(MailBatch batch, NewMessage message) =>
        Arrival.IsNews(message.Mail.Uid, batch.Folder.BaselineUid, message.Mail.ReceivedAt, batch.ConnectedAt);
}
