using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Feed;

/// <summary>A migrated database for the tests of one class; each test makes users of its own.</summary>
public sealed class FeedDatabase : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 27, 12, 0, 0, TimeSpan.Zero);

    public NpgsqlDataSource Source { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Source = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new PostgresMigrator(Source, PostgresMigratorScript.Embedded(), NullLogger.Instance).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await Source.DisposeAsync();

    public async Task<Guid> NewUserAsync()
    {
        var id = Guid.NewGuid();
        await ExecuteAsync("INSERT INTO users VALUES ($1, $2, $2, 'x', 'admin', now())", id, $"{id:N}@example.org");
        return id;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Appends events in a transaction of their own.</summary>
    internal async Task<long> AppendAsync(Guid userId, params IReadOnlyList<FeedEntry> entries)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var last = await FeedWriter.AppendAsync(connection, transaction, userId, entries, CancellationToken.None);
        await transaction.CommitAsync();
        return last;
    }

    internal static FeedEntry Entry(string name = "x", DateTimeOffset? at = null) => new("test", $$"""{"type":"test","name":"{{name}}"}""", at ?? Noon);

    internal static FeedEntry[] Entries(int count, DateTimeOffset? at = null) => [.. Enumerable.Range(0, count).Select(n => Entry($"{n}", at))];
}
