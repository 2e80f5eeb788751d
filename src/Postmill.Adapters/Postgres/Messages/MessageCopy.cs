using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages;

/// <summary>Binary COPY of new messages into their tables: the row, the raw bytes, the parts, the words for search.</summary>
internal sealed class MessageCopy(NpgsqlConnection connection, Guid accountId, DateTimeOffset now)
{
    public async Task WriteAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        // Cutting words is most of the work on this side; it is done while the server takes the rest.
        var words = Task.Run(() => Words(messages), cancellationToken);
        await WriteRowsAsync(messages, cancellationToken);
        await WriteRawAsync(messages, cancellationToken);
        await WritePartsAsync(messages, cancellationToken);
        await SearchRow.CopyAsync(connection, await words, cancellationToken);
    }

    private static SearchRow[] Words(IReadOnlyList<NewMessage> messages)
    {
        var vector = new SearchVector();
        return [.. messages.Select(m => new SearchRow(m.Id, vector.Of(m.Mail.Subject, m.Mail.From, Recipients(m.Mail), m.Mail.SearchText).ToArray()))];
    }

    private async Task WriteRowsAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("""
            COPY message (id, account_id, sha256, size, direction, message_id, thread_id, subject, from_json, to_json, cc_json, bcc_json, reply_to_json,
              date, received_at, has_attachments, snippet, created_at, updated_at) FROM STDIN (FORMAT BINARY)
            """, cancellationToken);
        foreach (var (id, mail, direction, receivedAt) in messages)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(accountId, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(mail.Sha256, NpgsqlDbType.Bytea, cancellationToken);
            await copy.WriteAsync((long)mail.Raw.Length, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(direction, NpgsqlDbType.Text, cancellationToken);
            await TextAsync(copy, mail.MessageId, cancellationToken);
            await copy.WriteAsync(mail.ThreadRoot is { } root ? ThreadIds.Of(accountId, root) : id, NpgsqlDbType.Uuid, cancellationToken);
            await TextAsync(copy, mail.Subject, cancellationToken);
            foreach (var addresses in (IReadOnlyList<MailAddressValue>[])[mail.From, mail.To, mail.Cc, mail.Bcc, mail.ReplyTo])
                await copy.WriteAsync(JsonSerializer.Serialize(addresses, MessageJson.Default.IReadOnlyListMailAddressValue), NpgsqlDbType.Jsonb, cancellationToken);
            await TimeAsync(copy, mail.Date, cancellationToken);
            await TimeAsync(copy, receivedAt, cancellationToken);
            await copy.WriteAsync(mail.HasAttachments, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(mail.Snippet, NpgsqlDbType.Text, cancellationToken);
            await TimeAsync(copy, now, cancellationToken);
            await TimeAsync(copy, now, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task WriteRawAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY message_raw (message_id, raw) FROM STDIN (FORMAT BINARY)", cancellationToken);
        foreach (var (id, mail, _, _) in messages)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(mail.Raw, NpgsqlDbType.Bytea, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private async Task WritePartsAsync(IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("""
            COPY message_part (message_id, ordinal, path, content_type, charset, encoding, filename, disposition, content_id, body_offset, body_length, size, sha256)
            FROM STDIN (FORMAT BINARY)
            """, cancellationToken);
        foreach (var message in messages)
        {
            foreach (var part in message.Mail.Parts)
            {
                await copy.StartRowAsync(cancellationToken);
                await copy.WriteAsync(message.Id, NpgsqlDbType.Uuid, cancellationToken);
                await copy.WriteAsync(part.Ordinal, NpgsqlDbType.Integer, cancellationToken);
                await copy.WriteAsync(part.Path, NpgsqlDbType.Text, cancellationToken);
                await copy.WriteAsync(part.ContentType, NpgsqlDbType.Text, cancellationToken);
                await TextAsync(copy, part.Charset, cancellationToken);
                await copy.WriteAsync(part.Encoding, NpgsqlDbType.Text, cancellationToken);
                await TextAsync(copy, part.FileName, cancellationToken);
                await TextAsync(copy, part.Disposition, cancellationToken);
                await TextAsync(copy, part.ContentId, cancellationToken);
                await copy.WriteAsync(part.BodyOffset, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(part.BodyLength, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(part.Size, NpgsqlDbType.Bigint, cancellationToken);
                await copy.WriteAsync(part.Sha256, NpgsqlDbType.Bytea, cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static IEnumerable<MailAddressValue> Recipients(IncomingMail mail) => mail.To.Concat(mail.Cc).Concat(mail.Bcc);

    private static Task TextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken cancellationToken) =>
        text is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

    private static Task TimeAsync(NpgsqlBinaryImporter copy, DateTimeOffset? at, CancellationToken cancellationToken) =>
        at is { } value ? copy.WriteAsync(value.ToUniversalTime(), NpgsqlDbType.TimestampTz, cancellationToken) : copy.WriteNullAsync(cancellationToken);
}
