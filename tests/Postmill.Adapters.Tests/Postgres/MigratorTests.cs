using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Postgres;

public sealed class MigratorTests : IAsyncLifetime
{
    private static readonly PostgresMigratorScript One = new(1, "one", "CREATE TABLE one (id int)");
    private static readonly PostgresMigratorScript Two = new(2, "two", "CREATE TABLE two (id int);\nINSERT INTO one VALUES (7)");
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync() => _database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Scripts_are_applied_in_the_order_of_their_numbers_and_once()
    {
        Assert.Equal(2, await Migrate(Two, One));
        Assert.Equal(0, await Migrate(One, Two));
        Assert.Equal(7, await Scalar("SELECT id FROM one"));
        Assert.Equal($"1:{One.Checksum},2:{Two.Checksum}", await Scalar("SELECT string_agg(version || ':' || checksum, ',' ORDER BY version) FROM schema_migration"));
    }

    [Fact]
    public async Task A_later_binary_applies_only_what_is_new()
    {
        await Migrate(One);
        Assert.Equal(1, await Migrate(One, Two));
    }

    [Fact]
    public async Task Silos_that_start_together_migrate_once()
    {
        var slow = One with { Sql = "SELECT pg_sleep(0.2); CREATE TABLE one (id int)" };
        var counts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Migrate(slow, Two)));
        Assert.Equal([0, 0, 0, 0, 2], counts.Order());
    }

    [Fact]
    public async Task A_failing_script_is_rolled_back_whole_and_the_ones_before_it_stay()
    {
        var broken = new PostgresMigratorScript(2, "broken", "CREATE TABLE half (id int);\nCREATE TABLE\n  nonsense nonsense");
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One, broken));
        Assert.Contains("0002_broken failed and was rolled back: 42601 syntax error", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await Scalar("SELECT to_regclass('half')::text"));
        Assert.Equal(1L, await Scalar("SELECT count(*) FROM schema_migration"));
        Assert.Equal(1, await Migrate(One, Two));
    }

    [Fact]
    public async Task A_database_newer_than_the_binary_is_refused_and_left_alone()
    {
        await Migrate(One, Two);
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One, new PostgresMigratorScript(3, "three", "CREATE TABLE three (id int)")));
        Assert.Contains("0002_two", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer Postmill", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await Scalar("SELECT to_regclass('three')::text"));
    }

    [Fact]
    public async Task A_database_that_is_newer_by_additions_alone_is_taken_and_left_alone()
    {
        var adds = new PostgresMigratorScript(2, "adds", "-- additive: older binaries do not know the table\nCREATE TABLE two (id int)");
        await Migrate(One, adds);
        Assert.Equal(0, await Migrate(One));
        Assert.Equal(2L, await Scalar("SELECT count(*) FROM schema_migration"));
        var breaks = new PostgresMigratorScript(3, "breaks", "DROP TABLE one");
        await Migrate(One, adds, breaks);
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One));
        Assert.Contains("0003_breaks", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_of_migrations_from_before_additions_were_marked_is_understood()
    {
        await Migrate(One);
        await Scalar("ALTER TABLE schema_migration DROP COLUMN additive");
        Assert.Equal(1, await Migrate(One, Two));
        Assert.Equal(false, await Scalar("SELECT bool_or(additive) FROM schema_migration"));
    }

    [Fact]
    public async Task A_migration_that_is_missing_below_others_is_refused_and_nothing_is_changed()
    {
        var three = new PostgresMigratorScript(3, "three", "CREATE TABLE three (id int)");
        await Migrate(One, Two, three);
        await Scalar("DELETE FROM schema_migration WHERE version = 2; DROP TABLE two");
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One, Two, three));
        Assert.Contains("0002_two is missing in this database although 0003_three is there", refused.Message, StringComparison.Ordinal);
        Assert.Equal(DBNull.Value, await Scalar("SELECT to_regclass('two')::text"));
    }

    [Fact]
    public async Task Tables_without_their_row_are_named_and_nothing_is_changed()
    {
        await Scalar("CREATE TABLE one (id int)");
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One, Two));
        Assert.Contains("0001_one failed and was rolled back: 42P07", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no row of schema_migration speaks of", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM schema_migration"));
    }

    [Fact]
    public async Task A_table_of_migrations_that_is_not_ours_is_refused_and_left_alone()
    {
        await Scalar("CREATE TABLE schema_migration (id bigint PRIMARY KEY, up boolean); INSERT INTO schema_migration VALUES (20200101, true)");
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One));
        Assert.Contains("not as Postmill makes it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2L, await Scalar("SELECT count(*) FROM information_schema.columns WHERE table_name = 'schema_migration'"));
    }

    [Fact]
    public async Task A_migrator_that_was_cut_off_leaves_a_sound_version_and_no_lock()
    {
        var slow = new PostgresMigratorScript(2, "slow", "CREATE TABLE half (id int); SELECT pg_sleep(600)");
        var cut = Migrate(One, slow);
        long killed;
        do killed = (long)(await Scalar("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(600)%' AND pid <> pg_backend_pid()"))!;
        while (killed == 0);
        await Assert.ThrowsAnyAsync<Exception>(() => cut);
        Assert.Equal(DBNull.Value, await Scalar("SELECT to_regclass('half')::text"));
        Assert.Equal(1, await Migrate(One, Two));
    }

    [Fact]
    public async Task A_database_of_the_release_before_Orleans_is_taken_over_with_its_accounts_and_without_its_silos()
    {
        PostgresMigratorScript[] before =
        [
            .. PostgresMigratorScript.Embedded().Where(s => s.Version < 17),
            new(9001, "silo", "CREATE TABLE silo (incarnation uuid PRIMARY KEY, cluster text NOT NULL, address text NOT NULL, name text NOT NULL, version text NOT NULL, role text NOT NULL, status text NOT NULL, started_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL)"),
        ];
        await Migrate(before);
        await Scalar("""
            INSERT INTO silo VALUES ('00000000-0000-0000-0000-000000000001', 'postmill', '127.0.0.1:11111', 'old', '0.1.0', 'all', 'active', now(), now() + interval '20 seconds');
            INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000002', 'a@b.c', 'a@b.c', 'x', 'admin', now());
            INSERT INTO account (id, user_id, email, email_key, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, is_default, connected, created_at, connected_at, owner, epoch)
            VALUES ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000002', 'a@b.c', 'a@b.c', 'h', 1, 'none', 'h', 1, 'none', 'u', true, true, now(), now(), '00000000-0000-0000-0000-000000000001', 7)
            """);
        await Migrate([.. PostgresMigratorScript.Embedded()]);
        Assert.Equal("a@b.c 7 free", await Scalar("SELECT email || ' ' || epoch || CASE WHEN owner IS NULL THEN ' free' ELSE owner END FROM account"));
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM silo"));
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM schema_migration WHERE version = 9001"));
        var late = await Assert.ThrowsAsync<PostgresException>(() => Scalar("SELECT fence('00000000-0000-0000-0000-000000000003'::uuid, '00000000-0000-0000-0000-000000000001'::uuid, 7)"));
        Assert.Equal(PostgresErrorCodes.UndefinedFunction, late.SqlState);
        Assert.Equal(0, await Migrate([.. PostgresMigratorScript.Embedded()]));
    }

    [Fact]
    public async Task An_edited_script_is_refused()
    {
        await Migrate(One);
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(One with { Sql = "CREATE TABLE one (id bigint)" }));
        Assert.Contains("0001_one", refused.Message, StringComparison.Ordinal);
        Assert.Contains("never edited", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lock_is_free_again_after_a_failure()
    {
        await Assert.ThrowsAsync<PostgresSchemaException>(() => Migrate(new PostgresMigratorScript(1, "broken", "nonsense")));
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    [Fact]
    public void Line_ends_do_not_change_the_checksum() =>
        Assert.Equal(Two.Checksum, (Two with { Sql = Two.Sql.Replace("\n", "\r\n", StringComparison.Ordinal) }).Checksum);

    [Fact]
    public void Two_scripts_with_one_number_are_refused()
    {
        var refused = Assert.Throws<PostgresSchemaException>(() => new PostgresMigrator(_database, [One, Two with { Version = 1 }], NullLogger.Instance));
        Assert.Contains("0001_one, 0001_two", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_in_another_encoding_is_refused()
    {
        await using var admin = await _database.OpenConnectionAsync();
        var name = $"latin_{Guid.NewGuid():N}";
        await using (var create = new NpgsqlCommand($"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", admin)) await create.ExecuteNonQueryAsync();
        await using var other = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = name });
        var refused = await Assert.ThrowsAsync<PostgresSchemaException>(() => new PostgresMigrator(other, [One], NullLogger.Instance).MigrateAsync(default));
        Assert.Contains("needs UTF8", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_products_own_scripts_apply_to_an_empty_database()
    {
        var scripts = PostgresMigratorScript.Embedded();
        Assert.Equal(scripts.Count, await Migrate([.. scripts]));
    }

    private Task<int> Migrate(params PostgresMigratorScript[] scripts) => new PostgresMigrator(_database, scripts, NullLogger.Instance).MigrateAsync(CancellationToken.None);

    private async Task<object?> Scalar(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
