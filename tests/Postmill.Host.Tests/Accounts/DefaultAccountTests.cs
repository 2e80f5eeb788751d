using System.Net;

namespace Postmill.Host.Tests.Accounts;

public sealed class DefaultAccountTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task The_first_account_is_default_and_when_it_goes_the_oldest_remaining_takes_over()
    {
        var tenant = await shared.NewTenantAsync();
        var first = await tenant.ConnectAsync();
        var second = await ConnectAnotherAsync(tenant);
        var third = await ConnectAnotherAsync(tenant);
        Assert.Equal(first, await DefaultAsync(tenant));

        await DisconnectAsync(tenant, first);
        Assert.Equal(second, await DefaultAsync(tenant));
        await DisconnectAsync(tenant, third);
        Assert.Equal(second, await DefaultAsync(tenant));
        await DisconnectAsync(tenant, second);
        Assert.Empty(await tenant.AccountsAsync());
        using var none = await tenant.Client.PostAsync("/api/sync", null);
        await none.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Fact]
    public async Task The_only_account_is_default_also_when_it_was_disconnected_before()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        await DisconnectAsync(tenant, account);
        Assert.Equal(account, await tenant.ConnectAsync());
        Assert.Equal(account, await DefaultAsync(tenant));
    }

    [Fact]
    public async Task An_account_that_comes_back_does_not_take_the_default_from_another()
    {
        var tenant = await shared.NewTenantAsync();
        var first = await tenant.ConnectAsync();
        var second = await ConnectAnotherAsync(tenant);
        await DisconnectAsync(tenant, first);
        Assert.Equal(first, await tenant.ConnectAsync());
        Assert.Equal(second, await DefaultAsync(tenant));
    }

    [Fact]
    public async Task Accounts_connected_at_once_have_one_default()
    {
        var tenant = await shared.NewTenantAsync();
        await Task.WhenAll(tenant.ConnectAsync(), ConnectAnotherAsync(tenant), ConnectAnotherAsync(tenant));
        await DefaultAsync(tenant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"account_id":null}""")]
    public async Task A_sync_without_account_id_syncs_the_default_account(string body)
    {
        var tenant = await shared.NewTenantAsync();
        var first = await tenant.ConnectAndSyncAsync();
        await ConnectAnotherAsync(tenant);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await tenant.Client.PostAsync("/api/sync", content);
        var synced = await answer.JsonAsync();
        Assert.Equal("synced", synced.GetProperty("status").GetString());
        Assert.Equal(first, synced.GetProperty("accountId").GetGuid());
    }

    private async Task<Guid> ConnectAnotherAsync(Tenant tenant)
    {
        var mailbox = shared.World.NewMailbox();
        return await tenant.ConnectAsync(("email", mailbox), ("username", mailbox));
    }

    private static async Task DisconnectAsync(Tenant tenant, Guid account)
    {
        using var answer = await tenant.Client.DeleteAsync($"/api/accounts/{account}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>The one default account of the list.</summary>
    private static async Task<Guid> DefaultAsync(Tenant tenant) =>
        Assert.Single(await tenant.AccountsAsync(), a => a.GetProperty("is_default").GetBoolean()).GetProperty("id").GetGuid();
}
