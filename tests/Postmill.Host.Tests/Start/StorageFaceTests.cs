using Npgsql;
using Postmill.Host.Start;

namespace Postmill.Host.Tests.Start;

public sealed class StorageFaceTests
{
    [Theory]
    [InlineData("Host=db;Username=me", true)]
    [InlineData("Host=db;Username=me;No Reset On Close=false", false)]
    public async Task Sessions_are_not_reset_between_uses_unless_the_connection_string_says_so(string given, bool noReset)
    {
        await using var database = StorageFace.DataSource(given);
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        Assert.Equal(noReset, settings.NoResetOnClose);
        Assert.Equal(("db", "me"), (settings.Host, settings.Username));
    }
}
