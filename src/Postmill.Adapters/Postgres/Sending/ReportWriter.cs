using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Domain;
using Postmill.Domain.Accounts;
using Postmill.Domain.Feed;
using Postmill.Domain.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>
/// What incoming mails say about outgoing ones of the same user, written in the transaction that stores them. The mails are named by the user and not by the account: a report comes to
/// wherever the sender's address leads.
/// </summary>
internal sealed class ReportWriter(NpgsqlConnection connection, Claim claim, DateTimeOffset now)
{
    /// <summary>
    /// Whoever answers a mail, or reports on it, has got it: what was in doubt about it was accepted. Nothing is asked where no mail answers another.
    /// </summary>
    public static NpgsqlBatchCommand? Proof(Claim claim, IReadOnlyList<NewMessage> inbound, DateTimeOffset now)
    {
        var ids = inbound.SelectMany(m => m.Mail.Answers).Distinct(StringComparer.Ordinal).ToArray();
        return ids.Length == 0 ? null : Accepted(claim, "message_id = ANY ($3)", ids, now);
    }

    private static NpgsqlBatchCommand Accepted(Claim claim, string which, object ids, DateTimeOffset now) => Sql.Batch(
        OutboxSql.Proved($"SELECT DISTINCT o.job_id FROM outgoing o JOIN outgoing_recipient r USING (job_id) WHERE o.user_id = $1 AND o.{which} AND r.state = 'uncertain'", "answer"),
        claim.UserId, now, ids);

    /// <summary>Marks recipients, puts addresses on the list, writes the log. What is answered are the events of those reports that are news.</summary>
    public async Task<List<FeedEntry>> ApplyAsync(IReadOnlyList<NewMessage> inbound, Func<NewMessage, bool> isNews, CancellationToken cancellationToken)
    {
        var reporting = inbound.Where(m => m.Mail.Report is not null).ToList();
        if (reporting.Count == 0) return [];
        var known = await KnownAsync([.. reporting.Select(m => m.Mail.Report!)], cancellationToken);
        var marked = new List<(NewMessage Message, ReportMark Mark)>();
        foreach (var message in reporting)
        {
            var marks = ReportPolicy.Decide(message.Mail.Report!, known);
            marked.AddRange(marks.Select(mark => (message, mark)));
            // The second of two reports in a batch sees what the first has changed.
            foreach (var mark in marks) known[known.IndexOf(mark.Recipient)] = mark.After;
        }

        if (marked.Count > 0) await WriteAsync(marked, cancellationToken);
        return [.. marked.Where(m => isNews(m.Message)).Select(m => Event(m.Mark, m.Message.ReceivedAt))];
    }

    /// <summary>All at once and locked in one order, so that two mailboxes of a user that get reports about the same mails do not wait for each other in a circle.</summary>
    private async Task<List<SentRecipient>> KnownAsync(IReadOnlyList<IncomingReport> reports, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch("""
            SELECT r.job_id, r.ordinal, o.message_id, r.address, r.state IN ('sent', 'uncertain') OR (r.state = 'waiting' AND j.state = 'running'), r.bounce_type, r.complained_at IS NOT NULL
            FROM outgoing o JOIN job j ON j.id = o.job_id JOIN outgoing_recipient r ON r.job_id = o.job_id
            WHERE o.user_id = $1 AND (o.message_id = ANY ($2) OR o.job_id = ANY ($3)) ORDER BY r.job_id, r.ordinal FOR UPDATE OF r
            """,
            claim.UserId, reports.SelectMany(r => r.MessageIds).Distinct(StringComparer.Ordinal).ToArray(),
            reports.Where(r => Guid.TryParse(r.EnvelopeId, out _)).Select(r => Guid.Parse(r.EnvelopeId!)).Distinct().ToArray()));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var known = new List<SentRecipient>();
        while (await row.ReadAsync(cancellationToken))
        {
            known.Add(new SentRecipient(
                row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.IsDBNull(5) ? null : BounceWords.Type(row.GetString(5)), row.GetBoolean(6)));
        }

        return known;
    }

    private async Task WriteAsync(List<(NewMessage Message, ReportMark Mark)> marked, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Accepted(claim, "job_id = ANY ($3)", marked.Select(m => m.Mark.Recipient.JobId).Distinct().ToArray(), now));
        foreach (var (message, mark) in marked)
        {
            if (Marked(mark, message.ReceivedAt) is { } changed) batch.BatchCommands.Add(changed);
            batch.BatchCommands.Add(Line(mark, message));
        }

        foreach (var (message, mark) in marked.Where(m => m.Mark.Suppresses is not null).OrderBy(m => RecipientKey.Of(m.Mark.Recipient.Address), StringComparer.Ordinal))
            batch.BatchCommands.Add(SuppressionList.Adding(claim.UserId, new Suppression(mark.Recipient.Address, mark.Suppresses!.Value, $"email:{message.Id}", now, null)));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand? Marked(ReportMark mark, DateTimeOffset at) => mark.Kind switch
    {
        ReportKind.Bounce => Sql.Batch(
            "UPDATE outgoing_recipient SET bounced_at = coalesce(bounced_at, $3), bounce_type = $4, bounce_reason = $5, bounce_code = $6, bounce_detail = $7 WHERE job_id = $1 AND ordinal = $2",
            mark.Recipient.JobId, mark.Recipient.Ordinal, at, mark.Said.Type.Word(), JobColumns.Text(mark.Said.Reason), JobColumns.Text(mark.Said.Code), JobColumns.Text(mark.Said.Detail)),
        ReportKind.Complaint => Sql.Batch(
            "UPDATE outgoing_recipient SET complained_at = $3 WHERE job_id = $1 AND ordinal = $2", mark.Recipient.JobId, mark.Recipient.Ordinal, at),
        _ => null,
    };

    private NpgsqlBatchCommand Line(ReportMark mark, NewMessage message)
    {
        var (action, outcome) = mark.Kind switch
        {
            ReportKind.Bounce => ("mail.bounced", mark.Said.Type.Word()),
            ReportKind.Complaint => ("mail.complained", "done"),
            _ => ("mail.unsubscribed", "done"),
        };
        var detail = JsonSerializer.Serialize(new Dictionary<string, object?> { ["email"] = mark.Recipient.Address, ["report"] = message.Id, ["code"] = mark.Said.Code });
        return Sql.Batch("""
            INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail, code)
            SELECT $1, $2, account_id, 'system', $3, $4, $5, $6, $7 FROM outgoing WHERE job_id = $8
            """,
            now, claim.UserId, action, mark.Recipient.JobId.ToString(), outcome,
            new NpgsqlParameter { Value = detail, NpgsqlDbType = NpgsqlDbType.Jsonb }, JobColumns.Text(mark.Said.Reason), mark.Recipient.JobId);
    }

    private FeedEntry Event(ReportMark mark, DateTimeOffset at)
    {
        var (email, id, time) = (mark.Recipient.Address, mark.Recipient.MessageId, WireTime.Format(at));
        return mark.Kind switch
        {
            ReportKind.Bounce => new FeedEntry(BounceSeen.EventType, new BounceSeen(email, id, null, mark.Said.Type.Word(), mark.Said.Reason, time).ToJson(), now),
            ReportKind.Complaint => new FeedEntry(ComplaintSeen.EventType, new ComplaintSeen(email, id, null, time).ToJson(), now),
            _ => new FeedEntry(UnsubscribeSeen.EventType, new UnsubscribeSeen(email, null, time).ToJson(), now),
        };
    }
}
