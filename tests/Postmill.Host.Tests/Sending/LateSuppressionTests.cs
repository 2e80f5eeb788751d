using System.Net;
using System.Net.Http.Json;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>A recipient comes onto the suppression list while mail for it waits.</summary>
public sealed class LateSuppressionTests(SinkWorld shared) : IClassFixture<SinkWorld>
{
    [Theory]
    [InlineData("manual")]
    [InlineData("complaint")]
    public async Task Mail_that_waits_does_not_go_to_who_was_put_on_the_list_meanwhile(string reason)
    {
        await using var sink = await JournalSink.StartAsync();
        var tenant = await shared.NewTenantAsync(sink);
        sink.Use(new SinkRule(SinkPhase.Mail, SinkFault.Answer("451 4.3.0 local trouble")) { Times = 2 });
        var (alone, both) = (await tenant.SendAsync("gone@example.net"), await tenant.SendAsync("stays@example.net", "GONE@example.net"));
        foreach (var job in new[] { alone, both }) await tenant.UntilAsync(job, "retrying");
        using (var added = await tenant.Tenant.Client.PostAsJsonAsync("/api/suppressions", new { email = "gone@example.net", reason })) Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var connections = sink.Counts.Connections;
        await tenant.RetryAsync(alone);
        var failed = await tenant.UntilAsync(alone, "failed");
        Assert.Equal("recipient_suppressed", failed.Code());
        Assert.Equal(connections, sink.Counts.Connections);
        await tenant.RetryAsync(both);
        Assert.Equal("recipients_refused", (await tenant.UntilAsync(both, "failed")).Code());
        Assert.Equal([("stays@example.net", "sent", null), ("GONE@example.net", "failed", "recipient_suppressed")], await tenant.RecipientsAsync(both));
        Assert.Equal(["stays@example.net"], Assert.Single(sink.Accepted).Recipients);
        Assert.Contains(await tenant.Tenant.LogsAsync(tenant.Account), line => line.GetProperty("action").GetString() == "mail.suppressed");
    }
}
