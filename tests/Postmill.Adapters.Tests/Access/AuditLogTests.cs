using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;
using Postmill.Testing;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Access;

public sealed class AuditLogTests : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new PostgresMigrator(_database, PostgresMigratorScript.Embedded(), NullLogger.Instance).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_line_is_stored_as_written_at_the_time_of_the_clock()
    {
        var clock = new ManualClock();
        var user = Guid.NewGuid();
        var account = Guid.NewGuid();
        await new AuditLog(_database, clock).WriteAsync(new AuditLine(user, account, "user:1", "messages.delete", "q", "done", """{"count":3}"""), CancellationToken.None);
        await using var command = _database.CreateCommand("SELECT at, user_id, account_id, actor, action, subject, outcome, detail->>'count' FROM audit");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        Assert.Equal(clock.GetUtcNow(), reader.GetFieldValue<DateTimeOffset>(0));
        Assert.Equal(user, reader.GetGuid(1));
        Assert.Equal(account, reader.GetGuid(2));
        Assert.Equal(["user:1", "messages.delete", "q", "done", "3"], Enumerable.Range(3, 5).Select(reader.GetString));
        Assert.False(await reader.ReadAsync());
    }

    [Fact]
    public async Task Lines_without_user_or_account_are_kept()
    {
        await new AuditLog(_database, new ManualClock()).WriteAsync(new AuditLine(null, null, "anonymous", "access.sign_in", "x@y", "bad_credentials"), CancellationToken.None);
        await using var command = _database.CreateCommand("SELECT count(*) FROM audit WHERE user_id IS NULL AND account_id IS NULL AND detail = '{}'");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }
}
