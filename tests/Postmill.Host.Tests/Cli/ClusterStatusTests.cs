using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Host.Tests.Cluster;

namespace Postmill.Host.Tests.Cli;

public sealed class ClusterStatusTests
{
    [Fact]
    public async Task A_healthy_cluster_is_shown_as_a_table_and_the_code_is_0()
    {
        await using var database = await ClusterDatabase.CreateAsync();
        await database.Rows.AccountsAsync(3, await database.Rows.SiloAsync("first"));
        await database.Rows.SiloAsync("leaving \u001b[31m", status: "draining");
        var (code, output, error) = await StatusAsync(database);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"first +│ 10\.0\.0\.5:11111 +│ all +│ active +│ +[0-9]+ s ago │ +3 │", output);
        Assert.Contains("leaving ?[31m", output, StringComparison.Ordinal);
        Assert.Contains("3 connected, 3 owned, 0 without an owner", output, StringComparison.Ordinal);
        Assert.EndsWith("healthy", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_it_is_what_the_route_answers()
    {
        await using var database = await ClusterDatabase.CreateAsync();
        await database.Rows.AccountsAsync(2, await database.Rows.SiloAsync("first"));
        var (code, output, _) = await StatusAsync(database, "--json");
        Assert.Equal(0, code);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("success").GetBoolean());
        var silo = json.RootElement.GetProperty("cluster").GetProperty("silos")[0];
        Assert.Equal(("first", 2, false), (silo.GetProperty("name").GetString(), silo.GetProperty("accounts").GetInt32(), silo.GetProperty("answering").GetBoolean()));
    }

    [Fact]
    public async Task Without_a_living_silo_the_code_is_1_and_says_why()
    {
        await using var database = await ClusterDatabase.CreateAsync();
        var (code, output, _) = await StatusAsync(database);
        Assert.Equal(1, code);
        Assert.Contains("no silo is alive", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Orphans_older_than_the_promise_are_code_1()
    {
        await using var database = await ClusterDatabase.CreateAsync();
        await database.Rows.SiloAsync("alive");
        await database.Rows.AccountsAsync(4, await database.Rows.SiloAsync("killed", deadFor: 45));
        var (code, output, _) = await StatusAsync(database);
        Assert.Equal(1, code);
        Assert.Contains("accounts without an owner: 4", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_the_cluster_is_a_setting_as_the_hosts()
    {
        await using var database = await ClusterDatabase.CreateAsync();
        await database.Rows.SiloAsync("ours", cluster: "blue");
        Assert.Equal(1, (await StatusAsync(database)).Code);
        var (code, output, _) = await StatusAsync(database, "--Postmill:Cluster:Name", "blue");
        Assert.Equal(0, code);
        Assert.Contains("cluster blue", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_one_line_without_its_password()
    {
        var (code, output, error) = await Shell.RunAsync("cluster", "status", "--ConnectionStrings:Postgres=Host=/nowhere;Username=u;Password=hunter2");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("postmill: PostgreSQL (ConnectionStrings:Postgres) does not answer", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_our_tables_says_who_makes_them()
    {
        var empty = await (await Postmill.Testing.Servers.PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var (code, _, error) = await Shell.RunAsync("cluster", "status", $"--ConnectionStrings:Postgres={empty}");
        Assert.Equal(1, code);
        Assert.Contains("the first silo that starts makes it", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_cannot_be_read_is_code_2_and_is_not_shown()
    {
        var (code, _, error) = await Shell.RunAsync("cluster", "status", "--ConnectionStrings:Postgres=hunter2;Sesame=open");
        Assert.Equal(2, code);
        Assert.StartsWith("postmill: ConnectionStrings:Postgres cannot be read", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_string_it_asks_the_private_PostgreSQL_that_runs_and_starts_none()
    {
        var directory = Directory.CreateTempSubdirectory("postmill-cli-");
        try
        {
            var setting = $"--Postmill:Data:Directory={directory.FullName}";
            var (code, _, error) = await Shell.RunAsync("cluster", "status", setting);
            Assert.Equal(1, code);
            Assert.StartsWith("postmill: ConnectionStrings:Postgres is not set, and no PostgreSQL of a host runs in", error, StringComparison.Ordinal);
            Assert.Empty(directory.EnumerateFileSystemInfos());
            var options = new PrivatePostgresOptions { DataDirectory = directory.FullName };
            await using (await PrivatePostgres.StartAsync(options, NullLogger.Instance, TimeProvider.System, CancellationToken.None))
            {
                Assert.Contains("the first silo that starts makes it", (await Shell.RunAsync("cluster", "status", setting)).Error, StringComparison.Ordinal);
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Task<(int Code, string Output, string Error)> StatusAsync(ClusterDatabase database, params string[] more) =>
        Shell.RunAsync(["cluster", "status", $"--ConnectionStrings:Postgres={new NpgsqlConnectionStringBuilder(database.ConnectionString)}", .. more]);
}
