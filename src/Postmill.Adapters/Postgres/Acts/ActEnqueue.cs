using Npgsql;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Adapters.Postgres.Sync;
using Postmill.Domain.Access;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;

namespace Postmill.Adapters.Postgres.Acts;

/// <summary>What an edit of one mail asks of its server, in the transaction of the edit, whose row is locked: task, job, act and their line.</summary>
internal sealed class ActEnqueue(NpgsqlConnection connection, Guid userId, StoredEmail email, string actor, DateTimeOffset now)
{
    /// <summary>Without a lock, as it is for all jobs: one that slips in beside a disconnect waits until the account is connected again.</summary>
    public async Task<bool> IsConnectedAsync(CancellationToken cancellationToken)
    {
        var connected = await RowsAsync(Sql.Batch("SELECT 1 FROM account WHERE id = $1 AND connected", email.AccountId), row => row.GetInt32(0), cancellationToken);
        return connected.Count == 1;
    }

    /// <summary>The folder that a person means by a name, as the filter of a list means it; null: none that mail can be in.</summary>
    public async Task<NamedFolder?> FindFolderAsync(string name, CancellationToken cancellationToken)
    {
        var folders = await FoldersAsync(cancellationToken);
        return folders.Find(folder => folder.Name == name) ?? folders.Find(folder => folder.SpecialUse is { } use && use.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Where a deletion takes the mail; null: it goes for good.</summary>
    public async Task<NamedFolder?> TrashAsync(CancellationToken cancellationToken)
    {
        var trash = SpecialFolders.FindTrash(await FoldersAsync(cancellationToken), folder => folder.SpecialUse, folder => folder.Name);
        return ActPlan.GoesToTrash(await RowsAsync(ActStore.Places(email.Id, email.AccountId), ActStore.ReadPlace, cancellationToken), trash?.WireName) ? trash : null;
    }

    public async Task<Job> AddAsync(string kind, ActWords words, CancellationToken cancellationToken)
    {
        var job = MailboxActSql.NewJob(email.AccountId, kind, now);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(JobSql.New(job, actor));
        batch.BatchCommands.Add(MailboxActSql.Add(job, email.Id, words));
        batch.BatchCommands.Add(MailboxActSql.Supersede(job, email.Id, words, userId, actor));
        batch.BatchCommands.Add(JobSql.Line(new AuditLine(userId, email.AccountId, actor, "task.requested", job.Id.ToString(), "done"), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return job;
    }

    private Task<List<NamedFolder>> FoldersAsync(CancellationToken cancellationToken) => RowsAsync(
        Sql.Batch("SELECT wire_name, name, special_use FROM folder WHERE account_id = $1 AND selectable ORDER BY id", email.AccountId),
        row => new NamedFolder(row.GetString(0), row.GetString(1), FolderRows.Text(row, 2)), cancellationToken);

    private async Task<List<T>> RowsAsync<T>(NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(command);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken)) rows.Add(read(row));
        return rows;
    }
}

/// <summary>A folder by what it is called: on the wire, for people, and by its use.</summary>
internal sealed record NamedFolder(string WireName, string Name, string? SpecialUse);
