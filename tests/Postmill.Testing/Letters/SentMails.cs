using Npgsql;

namespace Postmill.Testing.Letters;

/// <summary>Mails that went out, as the outbox leaves them behind.</summary>
public static class SentMails
{
    /// <summary>A mail of the account, with every recipient in this state.</summary>
    public static async Task<Guid> SentAsync(this NpgsqlDataSource database, Guid account, string messageId, string state, params string[] recipients)
    {
        var job = Guid.NewGuid();
        await using var command = database.CreateCommand("""
            WITH owner AS (SELECT id, user_id FROM account WHERE id = $2),
            task AS (INSERT INTO task (id, account_id, kind, requested_by, created_at) VALUES ($1, $2, 'send_message', 'test', now())),
            job AS (
              INSERT INTO job (id, task_id, account_id, kind, cause, state, attempt_count, max_attempts, created_at, updated_at)
              VALUES ($1, $1, $2, 'send_message', 'user', CASE $4 WHEN 'sent' THEN 'succeeded' WHEN 'waiting' THEN 'queued' ELSE $4 END, 1, 3, now(), now())
            ), message AS (
              INSERT INTO message (id, account_id, sha256, direction, message_id, received_at, size, has_attachments, snippet, created_at, updated_at, thread_id, from_json, to_json, cc_json, bcc_json, reply_to_json)
              VALUES ($1, $2, decode(md5($3), 'hex'), 'outbound', $3, now(), 1, false, '', now(), now(), $1, '[]', '[]', '[]', '[]', '[]')
            ), outgoing AS (
              INSERT INTO outgoing (job_id, account_id, user_id, email_id, message_id, envelope_from, needs_utf8, size, tags, created_at)
              SELECT $1, $2, user_id, $1, $3, 'me@example.org', false, 1, '{}', now() FROM owner
            )
            INSERT INTO outgoing_recipient (job_id, ordinal, address, address_key, state)
            SELECT $1, n - 1, address, lower(address), $4 FROM unnest($5) WITH ORDINALITY AS r (address, n)
            """);
        foreach (var value in new object[] { job, account, messageId, state, recipients }) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
        return job;
    }
}
