using System.Net;
using System.Net.Http.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>What an account may send, told to whoever sends for it now.</summary>
public sealed class AccountLimitsTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    [Fact]
    public async Task An_accounts_own_limit_holds_from_its_change_on_and_what_waits_goes_when_it_is_taken_away()
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        await tenant.UntilAsync(await tenant.SendAsync("before@example.net"), "succeeded");
        await ChangeAsync(tenant, new { per_hour = 2 });
        var mails = new List<Guid>();
        for (var n = 0; n < 5; n++) mails.Add(await tenant.SendAsync($"r{n}@example.net"));
        await Eventually.TrueAsync("two are sent", () => Task.FromResult(sink.Accepted.Count == 3));
        foreach (var sent in mails[..2]) await tenant.UntilAsync(sent, "succeeded");
        foreach (var waits in mails[2..]) Assert.Equal("queued", (await tenant.Tenant.JobAsync(waits)).State());
        await ChangeAsync(tenant, new { });
        foreach (var mail in mails) await tenant.UntilAsync(mail, "succeeded");
    }

    private static async Task ChangeAsync(SinkTenant tenant, object limits)
    {
        using var answer = await tenant.Tenant.Client.PatchAsJsonAsync($"/api/accounts/{tenant.Account}", new { sending_limits = limits });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
