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
