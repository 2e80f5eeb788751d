using System.Text;
using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>A filter as SQL over <c>message AS m</c>. Values are parameters, always; only this file's own text becomes SQL.</summary>
internal sealed class EmailConditions(NpgsqlParameterCollection parameters, bool edited)
{
    private readonly StringBuilder _sql = new();

    public static string Of(EmailFilter filter, NpgsqlParameterCollection parameters, bool edited)
    {
        var where = new EmailConditions(parameters, edited);
        where.AddAll(filter);
        return where._sql.ToString();
    }

    /// <summary>
    /// Whether the user's own words about places and flags must be asked for. As a rule an account has none, and a condition on the server's words alone is one that the
    /// planner can begin with: 200,000 mails are not looked at for the twenty newest of a folder.
    /// </summary>
    public static async Task<bool> EditedAsync(NpgsqlDataSource database, Guid accountId, IEnumerable<EmailFilter> filters, CancellationToken cancellationToken)
    {
        if (filters.All(filter => filter is { Folder: null, Unread: null, Starred: null })) return false;
        await using var command = database.CreateCommand("""
            SELECT EXISTS (SELECT 1 FROM message WHERE account_id = $1 AND (read_here IS NOT NULL OR starred_here IS NOT NULL OR folder_here IS NOT NULL))
            """);
        command.Parameters.Add(new() { Value = accountId });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>All of them; a negated one turns round what its filter says.</summary>
    public static string Of(IEnumerable<SearchCondition> conditions, NpgsqlParameterCollection parameters, bool edited)
    {
        var sql = new StringBuilder();
        foreach (var (filter, negated) in conditions)
        {
            var one = Of(filter, parameters, edited);
            sql.Append(negated && one.Length > 0 ? $"\n  AND NOT (true{one})" : one);
        }

        return sql.ToString();
    }

    private void AddAll(EmailFilter filter)
    {
        InFolder(filter.Folder);
        if (filter.Direction is { } direction) Add($"m.direction = {Value(direction)}");
        Flag(filter.Unread is { } unread ? !unread : null, "\\Seen", "m.read_here");
        Flag(filter.Starred, "\\Flagged", "m.starred_here");
        if (filter.HasAttachments is { } attachments) Add($"m.has_attachments = {Value(attachments)}");
        if (filter.ThreadId is { } thread) Add($"m.thread_id = {Value(thread)}");
        if (filter.MessageId is { } id) Add($"m.message_id = {Value(id)}");
        if (filter.After is { } after) Add($"m.received_at > {Moment(after)}");
        if (filter.Before is { } before) Add($"m.received_at < {Moment(before)}");
        if (filter.Tag is { } tag) Add($"{Value(tag)} = ANY (m.tags)");
    }

    public static NpgsqlParameter MomentOf(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private void InFolder(string? folder)
    {
        if (folder is null) return;
        var name = Value(folder);
        // INBOX has no case (RFC 3501 section 5.1); its special use says so in lower case.
        var there = $"EXISTS (SELECT 1 FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.message_id = m.id AND (f.name = {name} OR f.special_use = lower({name})))";
        Add(edited ? $"coalesce(m.folder_here = {name}, {there})" : there);
    }

    private void Flag(bool? set, string flag, string here)
    {
        if (set is not { } wanted) return;
        var there = $"EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id AND {Value(flag)} = ANY (l.flags))";
        Add(edited ? $"coalesce({here}, {there}) = {Value(wanted)}" : wanted ? there : $"NOT {there}");
    }

    private void Add(string condition) => _sql.Append("\n  AND ").Append(condition);

    private string Value(object value) => Parameter(new NpgsqlParameter { Value = value });

    private string Moment(DateTimeOffset at) => Parameter(MomentOf(at));

    private string Parameter(NpgsqlParameter parameter)
    {
        parameters.Add(parameter);
        return $"${parameters.Count}";
    }
}
