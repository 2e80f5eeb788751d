using System.Globalization;
using Npgsql;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Metadata of stored mail. Mail of a disconnected account stays readable.</summary>
public sealed class EmailQueries(NpgsqlDataSource database)
{
    private static readonly EmailFilter Everything = new();

    private const string Account = "SELECT 1 FROM account WHERE id = $1 AND user_id = $2";

    /// <summary>$1 the mail, $2 the user, $3 the account or null.</summary>
    internal const string One = $"""
        SELECT {EmailRows.Columns}
        FROM message m JOIN account a ON a.id = m.account_id
        WHERE m.id = $1 AND a.user_id = $2 AND ($3::uuid IS NULL OR m.account_id = $3) AND m.deleted_at IS NULL
        """;

    /// <summary>Newest first, and whether there are more; null when the account is not there.</summary>
    public async Task<EmailPage?> ListAsync(
        Guid userId, Guid accountId, EmailFilter filter, EmailPosition? below, int limit, int offset, CancellationToken cancellationToken)
    {
        var edited = await EmailConditions.EditedAsync(database, accountId, [filter], cancellationToken);
        NpgsqlBatchCommand[] commands = [Sql.Batch(Account, accountId, userId), List(accountId, filter, edited, below, limit + 1, offset)];
        if (filter == Everything && offset == 0 && limit == ReadingLimits.UsualPage)
            return await database.PreparedAsync(commands, rows => ReadAsync(rows, limit, cancellationToken), cancellationToken);
        await using var batch = database.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(rows, limit, cancellationToken);
    }

    private static async Task<EmailPage?> ReadAsync(NpgsqlDataReader rows, int limit, CancellationToken cancellationToken)
    {
        if (!await rows.ReadAsync(cancellationToken)) return null;
        await rows.NextResultAsync(cancellationToken);
        var emails = new List<StoredEmail>();
        while (await rows.ReadAsync(cancellationToken)) emails.Add(EmailRows.Read(rows));
        return emails.Count > limit ? new EmailPage(emails.GetRange(0, limit), More: true) : new EmailPage(emails, More: false);
    }

    public async Task<StoredEmail?> FindAsync(EmailAddressing email, CancellationToken cancellationToken)
    {
        var one = Sql.Batch(One, email.EmailId, email.UserId, email.AccountId is { } account ? account : Sql.Null(NpgsqlTypes.NpgsqlDbType.Uuid));
        return await database.PreparedAsync([one], async rows => await rows.ReadAsync(cancellationToken) ? EmailRows.Read(rows) : null, cancellationToken);
    }

    // Places and flags are gathered for the rows of the page only: those that are skipped are found on the index alone.
    private static NpgsqlBatchCommand List(Guid accountId, EmailFilter filter, bool edited, EmailPosition? below, int limit, int offset)
    {
        var command = new NpgsqlBatchCommand();
        var parameters = command.Parameters;
        parameters.Add(new() { Value = accountId });
        // In the text, because the planner takes a limit that it does not know for a tenth of the table.
        var some = string.Create(CultureInfo.InvariantCulture, $"LIMIT {limit} OFFSET {offset}");
        var from = "";
        if (below is not null)
        {
            parameters.Add(EmailConditions.MomentOf(below.ReceivedAt));
            parameters.Add(new() { Value = below.Id });
            from = "\n  AND (m.received_at, m.id) < ($2, $3)";
        }
        var page = $"m.account_id = $1 AND m.deleted_at IS NULL{from}{EmailConditions.Of(filter, parameters, edited)}";
        command.CommandText = offset == 0
            ? $"""
                SELECT {EmailRows.Columns}
                FROM message m WHERE {page}
                ORDER BY m.received_at DESC, m.id DESC {some}
                """
            : $"""
                WITH page AS (
                  SELECT m.id FROM message m WHERE {page}
                  ORDER BY m.received_at DESC, m.id DESC {some}
                )
                SELECT {EmailRows.Columns}
                FROM page JOIN message m ON m.id = page.id
                ORDER BY m.received_at DESC, m.id DESC
                """;
        return command;
    }
}

/// <summary>Some mails of a list, and whether the list goes on behind them.</summary>
public sealed record EmailPage(IReadOnlyList<StoredEmail> Emails, bool More);
