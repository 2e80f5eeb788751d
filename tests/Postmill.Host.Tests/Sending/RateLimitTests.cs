using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Sending;

/// <summary>A limit as the server sees it, in real time and over hosts that come and go.</summary>
public sealed class RateLimitTests
{
    private const int PerSecond = 10, Mails = 60;

    [Fact]
    public async Task No_rolling_second_has_more_over_restarts()
    {
        await using var sink = await JournalSink.StartAsync();
        var settings = new Dictionary<string, string> { ["Postmill:Sending:PerSecond"] = $"{PerSecond}", ["Postmill:Sending:SentCopy"] = "never" };
        await using var world = await MailWorld.StartAsync(settings);
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAsync(("smtp_host", "127.0.0.1"), ("smtp_port", sink.Port), ("smtp_tls", "none"));
        for (var n = 0; n < Mails; n++) await tenant.HandInAsync(account, new { to_json = $"r{n}@example.net" });
        await UntilAcceptedAsync(sink, 20);
        await world.Host.StopAsync();
        await using (await NextAsync(world, settings)) await UntilAcceptedAsync(sink, 40);
        await using var last = await NextAsync(world, settings);
        await UntilAcceptedAsync(sink, Mails);
        var times = sink.Accepted.Select(mail => mail.At).Order().ToList();
        for (var at = PerSecond; at < times.Count; at++) Assert.True(times[at] - times[at - PerSecond] >= TimeSpan.FromSeconds(1), $"mail {at} at {times[at]:O}, {PerSecond} before it {times[at - PerSecond]:O}");
        Assert.Equal(Mails, sink.Accepted.SelectMany(mail => mail.Recipients).Distinct().Count());
    }

    private static Task<HostFixture> NextAsync(MailWorld world, Dictionary<string, string> settings) =>
        HostFixture.StartAsync(new HostFixtureOptions { ConnectionString = world.Host.ConnectionString, Settings = MailWorld.LocalSettings(settings) });

    private static Task UntilAcceptedAsync(JournalSink sink, int mails) => Eventually.TrueAsync($"{mails} mails are accepted", () => Task.FromResult(sink.Accepted.Count >= mails));
}
