using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres;

/// <summary>Short forms for commands with positional parameters.</summary>
internal static class Sql
{
    public static NpgsqlBatchCommand Batch(string text, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    public static NpgsqlCommand Command(this NpgsqlDataSource database, string text, params object?[] values)
    {
        var command = database.CreateCommand(text);
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    /// <summary>The transaction that begins with this commits without waiting for the disk. The log is written in order: a later commit that waits makes it durable too.</summary>
    public static NpgsqlBatchCommand NeedNotWait() => new("SELECT set_config('synchronous_commit', 'off', true)");

    /// <summary>Typed null: PostgreSQL cannot tell the type of an untyped one in every place.</summary>
    public static NpgsqlParameter Null(NpgsqlDbType type) => new() { Value = DBNull.Value, NpgsqlDbType = type };

    /// <summary>PostgreSQL keeps microseconds in UTC; Npgsql wants the offset zero.</summary>
    public static object? Utc(DateTimeOffset? at) => at?.ToUniversalTime();

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        NpgsqlParameter ready => ready,
        null => new NpgsqlParameter { Value = DBNull.Value },
        DateTimeOffset at => new NpgsqlParameter { Value = at.ToUniversalTime() },
        _ => new NpgsqlParameter { Value = value },
    };
}
