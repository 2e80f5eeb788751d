using Granary.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Postmill.Testing.Servers;

namespace Granary.Tests.Transport;

public sealed class DatabaseTests
{
    [Fact]
    public async Task Silos_find_each_other_in_the_database_and_one_that_has_left_is_not_asked_any_more()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        foreach (var script in GranarySchema.Scripts)
        {
            await using var command = database.CreateCommand(script.Sql);
            await command.ExecuteNonQueryAsync();
        }

        await using var cluster = new TestCluster();
        foreach (var name in new[] { "a", "b" })
            await cluster.AddAsync(name, null, services =>
            {
                services.AddSingleton(database);
                services.Replace(ServiceDescriptor.Singleton<ISiloTable, PostgresSiloTable>());
            });
        await cluster["a"].LookAsync();

        var places = await WhereAsync(cluster["a"]);
        Assert.Equal(places, await WhereAsync(cluster["b"]));
        Assert.Equal(["a", "b"], places.Distinct().Order());
        await cluster["b"].DrainAsync();
        Assert.Equal(["a"], (await WhereAsync(cluster["a"])).Distinct());
    }

    private static Task<string[]> WhereAsync(Member caller) =>
        Task.WhenAll(Enumerable.Range(0, 40).Select(i => caller.Grains.GetGrain<IPlaced>($"g{i}").Where())).WaitAsync(Silo.Patience);
}
