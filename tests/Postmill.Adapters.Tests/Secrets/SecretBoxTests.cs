using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Access;
using Postmill.Adapters.Secrets;
using Postmill.Grains.Accounts;
using Postmill.Testing.Servers;

namespace Postmill.Adapters.Tests.Secrets;

public sealed class SecretBoxTests : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await using var command = _database.CreateCommand("CREATE TABLE data_protection_key (friendly_name text PRIMARY KEY, xml text NOT NULL)");
        await command.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("pässwörd \"\\ \0 🔑")]
    public void What_was_sealed_opens_again(string secret)
    {
        using var silo = Silo();
        var box = Box(silo);
        Assert.Equal(secret, box.Open(box.Seal(secret)));
    }

    [Fact]
    public void Another_silo_of_the_cluster_opens_it()
    {
        using var one = Silo();
        var sealedSecret = Box(one).Seal("secret");
        using var other = Silo();
        Assert.Equal("secret", Box(other).Open(sealedSecret));
    }

    [Fact]
    public void Another_cluster_on_the_same_keys_does_not()
    {
        using var one = Silo();
        var sealedSecret = Box(one).Seal("secret");
        using var other = Silo("another");
        Assert.Throws<UnreadableSecretException>(() => Box(other).Open(sealedSecret));
    }

    [Fact]
    public void A_payload_made_for_another_purpose_does_not_open()
    {
        using var silo = Silo();
        var foreign = silo.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookies").Protect("secret"u8.ToArray());
        Assert.Throws<UnreadableSecretException>(() => Box(silo).Open(foreign));
    }

    [Fact]
    public void Damaged_cut_or_foreign_bytes_are_a_typed_failure_that_names_no_secret()
    {
        using var silo = Silo();
        var box = Box(silo);
        var good = box.Seal("hunter2");
        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 1;
            var e = Assert.Throws<UnreadableSecretException>(() => box.Open(bad));
            Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
            Assert.Throws<UnreadableSecretException>(() => box.Open(good[..i]));
        }
    }

    [Fact]
    public void The_secret_is_not_readable_in_what_is_stored()
    {
        using var silo = Silo();
        var box = Box(silo);
        Assert.Equal(-1, box.Seal("hunter2hunter2").AsSpan().IndexOf("hunter2"u8));
        Assert.NotEqual(box.Seal("hunter2"), box.Seal("hunter2"));
    }

    private static SecretBox Box(ServiceProvider silo) => new(silo.GetRequiredService<IDataProtectionProvider>());

    private ServiceProvider Silo(string cluster = "postmill")
    {
        var services = new ServiceCollection();
        services.AddDataProtection().SetApplicationName(cluster).AddKeyManagementOptions(o => o.XmlRepository = new KeyRing(_database));
        return services.BuildServiceProvider();
    }
}
