using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Orleans.Runtime;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Adapters.Postgres.Sync;
using Postmill.Domain.Accounts;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Testing;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Accounts;

/// <summary>A migrated database; each test makes users, accounts and silos of its own.</summary>
public sealed class AccountDatabase : IAsyncLifetime
{
    private int _generation;

    public NpgsqlDataSource Source { get; private set; } = null!;

    internal ManualClock Clock { get; } = new();

    internal SyncMetrics Metrics { get; } = new(new Meters());

    public async Task InitializeAsync()
    {
        Source = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await new PostgresMigrator(Source, PostgresMigratorScript.Embedded(), NullLogger.Instance).MigrateAsync(CancellationToken.None);
        await ExecuteAsync("INSERT INTO orleansmembershipversiontable (deploymentid) VALUES ('test')");
    }

    public async Task DisposeAsync() => await Source.DisposeAsync();

    internal AccountBook Book(int mostPerUser = 0) => new(Source, new OpenBox(), new AccountOptions { MostPerUser = mostPerUser }, Clock);

    internal AccountStore Store(LocalOwner silo) => new(Source, Fence(), silo, new OpenBox(), Clock);

    internal Fence Fence(ILogger<Fence>? log = null) => new(Source, Metrics, log ?? NullLogger<Fence>.Instance);

    internal JobStore JobStore() => new(Fence());

    internal JobBook JobBook() => new(Source);

    internal ISyncStore SyncStore() => new SyncStore(Source, Fence(), new MessageWriter(Source, Fence(), Clock));

    internal async Task<LocalOwner> StartSiloAsync()
    {
        var silo = SiloAddress.New(IPAddress.Loopback, 11_111, Interlocked.Increment(ref _generation));
        await ExecuteAsync("""
            INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, starttime, iamalivetime)
            VALUES ('test', '127.0.0.1', 11111, $1, 'silo', 'machine', 3, now(), now())
            """, silo.Generation);
        return LocalOwner.Of(silo);
    }

    /// <summary>A second ago.</summary>
    internal Task DeclareDeadAsync(LocalOwner silo) =>
        ExecuteAsync("UPDATE orleansmembershiptable SET status = 6, diedat = now() - interval '1 second' WHERE generation = $1", SiloAddress.FromParsableString(silo.Name).Generation);

    public async Task<Guid> NewUserAsync()
    {
        var id = Guid.NewGuid();
        await ExecuteAsync("INSERT INTO users VALUES ($1, $2, $2, 'x', 'admin', now())", id, $"{id:N}@example.org");
        return id;
    }

    /// <summary>A connected account of a new user.</summary>
    internal async Task<Guid> NewAccountAsync() => (await Book().ConnectAsync(await NewUserAsync(), Account("me@example.org"), CancellationToken.None)).AccountId!.Value;

    internal async Task<OwnedAccount> ClaimAsync(LocalOwner silo, Guid account) => (await Store(silo).ClaimAsync(account, CancellationToken.None))!;

    internal static NewAccount Account(string email) => new(
        email, null, new ServerAddress("imap.example.org", 993, ServerTls.Implicit), new ServerAddress("smtp.example.org", 465, ServerTls.Implicit), email, "secret of " + email);

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Source.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose() { }
    }

    private sealed class OpenBox : ISecretBox
    {
        public byte[] Seal(string secret) => Encoding.UTF8.GetBytes(secret);

        public string Open(byte[] sealedSecret) => Encoding.UTF8.GetString(sealedSecret);
    }
}
