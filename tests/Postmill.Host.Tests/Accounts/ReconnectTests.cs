namespace Postmill.Host.Tests.Accounts;

/// <summary>An address that is disconnected and connected again is the same account.</summary>
public sealed class ReconnectTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task It_has_its_id_and_its_mail_back_and_old_mail_is_no_news()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(3);
        var account = await tenant.ConnectAndSyncAsync();
        var before = await MessagesAsync(tenant, account);
        using (var gone = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) gone.EnsureSuccessStatusCode();
        await tenant.DeliverAsync("while nobody looked");

        Assert.Equal(account, await tenant.ConnectAsync(("email", tenant.Mailbox.ToUpperInvariant())));
        await tenant.UntilAsync(account, "idle");
        await Eventually.TrueAsync("the mail that came meanwhile is stored", async () => await MessagesAsync(tenant, account) == before + 1);
        Assert.Equal(0, await tenant.EventsAsync());

        await tenant.DeliverAsync("news");
        await Eventually.TrueAsync("new mail is news", async () => await tenant.EventsAsync() == 1);
        Assert.Equal(before + 2, await MessagesAsync(tenant, account));
    }

    [Fact]
    public async Task Its_state_begins_anew()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        Assert.Equal("queued", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        using (var gone = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) gone.EnsureSuccessStatusCode();

        await tenant.ConnectAndSyncAsync();
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
    }

    private static Task<long> MessagesAsync(Tenant tenant, Guid account) => tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account);
}
