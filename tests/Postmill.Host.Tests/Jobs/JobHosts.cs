using Npgsql;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Jobs;

/// <summary>Hosts that come after the first one of a world, on its database.</summary>
internal static class JobHosts
{
    public static Task<HostFixture> NextAsync(MailWorld world) => HostFixture.StartAsync(new HostFixtureOptions
    {
        ConnectionString = world.Host.ConnectionString,
        Settings = MailWorld.LocalSettings(),
    });

    /// <summary>The user of the world at another host.</summary>
    public static Tenant At(MailWorld world, HostFixture host) => new(world, world.User with { Client = host.NewClient(world.User.Token) });

    /// <summary>While no host runs.</summary>
    public static async Task ExecuteOnAsync(this Tenant tenant, string sql, Guid parameter)
    {
        await using var database = NpgsqlDataSource.Create(tenant.ConnectionString + ";Pooling=false");
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = parameter });
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }
}
