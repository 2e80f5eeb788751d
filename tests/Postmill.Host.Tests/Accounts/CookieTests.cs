using System.Net;
using System.Net.Http.Json;

namespace Postmill.Host.Tests.Accounts;

/// <summary>The curl lines of the page: a session by cookie and no header of a browser.</summary>
public sealed class CookieTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Connect_list_and_disconnect_with_the_cookie_of_the_page()
    {
        var tenant = await shared.NewTenantAsync();
        using var curl = shared.Host.NewClient();
        curl.DefaultRequestHeaders.Add("Cookie", $"sb-access-token={tenant.User.Token}");
        using var connected = await curl.PostAsJsonAsync("/api/accounts", tenant.Body());
        Assert.Equal(HttpStatusCode.Created, connected.StatusCode);
        var account = (await connected.JsonAsync()).GetProperty("account").GetProperty("id").GetGuid();
        Assert.Contains(account.ToString(), await curl.GetStringAsync("/api/accounts"), StringComparison.Ordinal);
        using var synced = await curl.PostAsJsonAsync("/api/sync", new { account_id = account });
        Assert.Equal(HttpStatusCode.OK, synced.StatusCode);
        using var gone = await curl.DeleteAsync($"/api/accounts/{account}");
        Golden.AssertMatches("done", await gone.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_foreign_site_can_do_nothing_with_that_cookie()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var browser = shared.Host.NewClient();
        browser.DefaultRequestHeaders.Add("Cookie", $"sb-access-token={tenant.User.Token}");
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        using var connected = await browser.PostAsJsonAsync("/api/accounts", tenant.Body());
        Assert.Equal(HttpStatusCode.Forbidden, connected.StatusCode);
        using var synced = await browser.PostAsJsonAsync("/api/sync", new { account_id = account });
        Assert.Equal(HttpStatusCode.Forbidden, synced.StatusCode);
        using var gone = await browser.DeleteAsync($"/api/accounts/{account}");
        Assert.Equal(HttpStatusCode.Forbidden, gone.StatusCode);
        Assert.Single(await tenant.AccountsAsync());
    }
}
