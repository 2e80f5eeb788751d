using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Postmill.Host.Tests.Cluster;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class OwnershipTests
{
    [Fact]
    public async Task Stale_owner_stores_nothing_stops_and_takes_over_again_when_the_other_dies()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string>(MailWorld.Unthrottled) { ["Postmill:Sync:SweepPauseSeconds"] = "0.2" });
        await world.Dovecot.SeedAsync(world.Mailbox, "INBOX", Mails.Many(5));
        var account = await world.ConnectAndSyncAsync();
        await using var database = NpgsqlDataSource.Create(world.Host.ConnectionString + ";Pooling=false");
        await using var rows = new ClusterRows(world.Host.ConnectionString);
        var other = await rows.SiloAsync("other", cluster: "another");
        await ExecuteAsync(database, "UPDATE account SET owner = $1, epoch = epoch + 1 WHERE id = $2", other, account);

        await world.Dovecot.DeliverAsync(world.Mailbox, Mails.Of("for the new owner"));
        await Eventually.TrueAsync("the stale owner is refused and stops", () => Task.FromResult(world.Host.Logs.Lines.Any(l => l.Contains("this owner stops", StringComparison.Ordinal))));
        Assert.Equal(5, (await StoredMailbox.ReadAsync(world.Host.ConnectionString, account)).Count);
        Assert.Empty(await world.EventsAsync());
        using (var moving = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, moving.StatusCode);

        await ExecuteAsync(database, "UPDATE orleansmembershiptable SET status = 6, diedat = now() WHERE deploymentid = 'another'");
        await Eventually.TrueAsync("the mail is stored by the next owner", async () => (await world.EventsAsync()).Count == 1);
        await world.UntilAsync(account, "idle");
        await world.AssertStoreEqualsServerAsync(account);
        Assert.Single(await world.EventsAsync());
    }

    [Fact]
    public async Task Disconnected_account_stores_nothing_more()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 5);
        await story.ConnectAndSyncAsync();
        (await story.World.Client.DeleteAsync($"/api/accounts/{story.Account}")).Dispose();
        await story.DeliverAsync("too late");
        await Eventually.TrueAsync("the connection is gone", () => Task.FromResult(story.Line.Standing == 0));
        Assert.Equal(5, (await story.IdsAsync()).Count);
        Assert.Empty(await story.NewsAsync());
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
