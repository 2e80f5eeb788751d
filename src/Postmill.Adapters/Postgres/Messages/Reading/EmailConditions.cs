using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>A filter as SQL over <c>message AS m</c>. Values are parameters, always; only this file's own text becomes SQL.</summary>
internal sealed class EmailConditions(NpgsqlParameterCollection parameters)
{
    private readonly StringBuilder _sql = new();

    public static string Of(EmailFilter filter, NpgsqlParameterCollection parameters)
    {
        var where = new EmailConditions(parameters);
        where.InFolder(filter.Folder);
        if (filter.Direction is { } direction) where.Add($"m.direction = {where.Value(direction)}");
        where.Flag(filter.Unread is { } unread ? !unread : null, "\\Seen");
        where.Flag(filter.Starred, "\\Flagged");
        if (filter.HasAttachments is { } attachments) where.Add($"m.has_attachments = {where.Value(attachments)}");
        if (filter.ThreadId is { } thread) where.Add($"m.thread_id = {where.Value(thread)}");
        if (filter.MessageId is { } id) where.Add($"m.message_id = {where.Value(id)}");
        if (filter.After is { } after) where.Add($"m.received_at > {where.Moment(after)}");
        if (filter.Before is { } before) where.Add($"m.received_at < {where.Moment(before)}");
        return where._sql.ToString();
    }

    public static NpgsqlParameter MomentOf(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private void InFolder(string? folder)
    {
        if (folder is null) return;
        var name = Value(folder);
        // INBOX has no case (RFC 3501 section 5.1); its special use says so in lower case.
        Add($"EXISTS (SELECT 1 FROM location l JOIN folder f ON f.id = l.folder_id WHERE l.message_id = m.id AND (f.name = {name} OR f.special_use = lower({name})))");
    }

    private void Flag(bool? set, string flag)
    {
        if (set is not { } wanted) return;
        Add($"{(wanted ? "" : "NOT ")}EXISTS (SELECT 1 FROM location l WHERE l.message_id = m.id AND {Value(flag)} = ANY (l.flags))");
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
