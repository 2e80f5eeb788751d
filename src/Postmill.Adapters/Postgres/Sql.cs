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

    /// <summary>
    /// Commands that every other request asks: parsed and planned once a session, for planning them takes longer than they do. Their text must not vary, and what the plan
    /// depends on (limits above all) must stand in it: a plan for any parameters is used only if it promises to be as good as one for these.
    /// </summary>
    public static async Task<T> PreparedAsync<T>(
        this NpgsqlDataSource database, IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.PreparedAsync(commands, read, cancellationToken);
    }

    /// <inheritdoc cref="PreparedAsync{T}(NpgsqlDataSource, IEnumerable{NpgsqlBatchCommand}, Func{NpgsqlDataReader, Task{T}}, CancellationToken)"/>
    public static async Task<T> PreparedAsync<T>(
        this NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.PrepareAsync(cancellationToken); // nothing goes over the wire on a session that knows them
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await read(rows);
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
