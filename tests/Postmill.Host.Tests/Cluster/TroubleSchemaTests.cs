using System.Net;
using Postmill.Adapters.Postgres;
using Postmill.Host.Start;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Cluster;

/// <summary>A database whose schema is not what this binary left, or that several binaries change at once.</summary>
public sealed class TroubleSchemaTests
{
    private const string Everything = """
        SELECT string_agg(line, E'\n' ORDER BY line) FROM (
          SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns WHERE table_schema = 'public'
          UNION ALL SELECT to_jsonb(m)::text FROM schema_migration AS m) AS all_of_it (line)
        """;

    [Fact]
    public async Task Silos_that_start_together_on_an_empty_database_migrate_it_once_and_all_work()
    {
        await using var cluster = new ClusterHosts(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => cluster.StartAsync()));
        var scripts = PostmillScripts();
        Assert.Equal(scripts, silos.SelectMany(s => s.Logs.Lines).Count(l => l.Contains("Applied migration", StringComparison.Ordinal)));
        Assert.Equal(scripts, await cluster.ScalarAsync<long>("SELECT count(*) FROM schema_migration"));
        await ClusterHosts.SeeEachOtherAsync(silos);
        var user = await silos[0].SignUpAsync();
        foreach (var silo in silos)
        {
            using var me = await ClusterHosts.At(silo, user).Client.GetAsync("/api/me");
            Assert.Equal(HttpStatusCode.OK, me.StatusCode);
        }
    }

    [Theory]
    [InlineData("INSERT INTO schema_migration (version, name, checksum) VALUES (812, 'from_the_future', 'x')", "migration 0812_from_the_future, which this binary does not know: a newer Postmill wrote it")]
    [InlineData("UPDATE schema_migration SET checksum = 'another' WHERE version = 3", "migration 0003_messages was applied to this database with another text")]
    [InlineData("DELETE FROM schema_migration WHERE version = 2", "migration 0002_accounts is missing in this database although")]
    [InlineData("DELETE FROM schema_migration ", "migration 0001_access failed and was rolled back: 42P07")]
    [InlineData("DROP TABLE schema_migration; CREATE TABLE schema_migration (id int)", "the table schema_migration of this database is not as Postmill makes it")]
    public async Task A_schema_that_does_not_fit_stops_the_start_with_one_line_and_code_1_and_nothing_is_changed(string sql, string says)
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await cluster.ScalarAsync<object>(sql);
        var before = await cluster.ScalarAsync<string>(Everything);
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync());
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Launch.RunAsync(["--urls=http://127.0.0.1:0", "--Postmill:Cluster:Port=0", "--Postmill:Cluster:GatewayPort=0", $"--ConnectionStrings:Postgres={cluster.ConnectionString}"]));
        Assert.Equal(before, await cluster.ScalarAsync<string>(Everything));
    }

    [Fact]
    public async Task A_newer_release_that_only_adds_leaves_old_silos_running_and_lets_one_start_with_a_warning()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var old = await cluster.StartAsync();
        var world = await MailWorld.InAsync(old, await SharedDovecot.GetAsync());
        var account = await world.ConnectAndSyncAsync();
        await cluster.ScalarAsync<object>("""
            ALTER TABLE account ADD COLUMN mood text NOT NULL DEFAULT 'fine';
            INSERT INTO schema_migration (version, name, checksum, additive) VALUES (812, 'moods', 'x', true)
            """);
        await world.Dovecot.DeliverAsync(world.Mailbox, Letters.About("after the upgrade"));
        await Eventually.TrueAsync("the old silo works on", async () => (await world.EventsAsync()).Count == 1);

        var restarted = await cluster.StartAsync();
        Assert.Contains(restarted.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("migration 812 moods of a newer Postmill", StringComparison.Ordinal));
        await old.StopAsync();
        await Eventually.TrueAsync("the restarted old silo owns the mailbox", async () =>
            await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account) == ClusterHosts.Owner(restarted));
    }

    private static int PostmillScripts() => PostgresMigratorScript.Embedded().Count;
}
