using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Tests.Accounts;
using Postmill.Testing.Letters;

namespace Postmill.Host.Tests.Sending;

/// <summary>What comes back into a real mailbox, as the user's socket hears of it.</summary>
public sealed class ReportStoryTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Bounce_and_complaint_that_arrive_are_told_and_end_mail_to_these_addresses_and_a_forged_one_is_ordinary_mail()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await Database.SentAsync(account, "spring@example.org", "sent", "ada@example.net", "ben@example.net", "cleo@example.net");
        await using var socket = await InboxClient.ConnectAsync(shared.Host.Address, "/mail/ws/inbox", await HostFixture.NewKeyAsync(tenant.User, "read"));
        await DeliverAsync(tenant, ReportLetters.Bounce("never@example.org", "cleo@example.net"));
        Assert.Contains("email_received", await socket.NextAsync(), StringComparison.Ordinal);
        await DeliverAsync(tenant, ReportLetters.Bounce("spring@example.org", "ada@example.net"));
        Assert.Contains("email_received", await socket.NextAsync(), StringComparison.Ordinal);
        Golden.AssertMatches("bounce", await socket.NextAsync());
        await DeliverAsync(tenant, ReportLetters.Complaint("spring@example.org", "ben@example.net"));
        Assert.Contains("email_received", await socket.NextAsync(), StringComparison.Ordinal);
        Golden.AssertMatches("complaint", await socket.NextAsync());

        var list = (await (await tenant.Client.GetAsync("/api/suppressions")).JsonAsync()).GetProperty("suppressions").EnumerateArray();
        Assert.Equal(["ben@example.net complaint", "ada@example.net hard_bounce"], list.Select(row => $"{row.GetProperty("email")} {row.GetProperty("reason")}"));
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM outgoing_recipient r JOIN outgoing USING (job_id) WHERE account_id = $1 AND address LIKE 'cleo%' AND bounced_at IS NOT NULL", account));
    }

    [Fact]
    public async Task Bounce_in_Junk_counts_and_settles_what_was_in_doubt()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await Database.SentAsync(account, $"{account:N}@example.org", "uncertain", "ada@example.net");
        await shared.World.Dovecot.SeedAsync(tenant.Mailbox, "Junk", [Octets(ReportLetters.Bounce($"{account:N}@example.org", "ada@example.net"))]);
        await tenant.SyncAsync(account);
        await Eventually.TrueAsync("the bounce counts", async () =>
            await tenant.CountAsync("SELECT count(*) FROM outgoing_recipient r JOIN outgoing USING (job_id) WHERE account_id = $1 AND bounce_type = 'hard' AND state = 'sent'", account) == 1);
        Assert.Equal(1, await tenant.CountAsync("SELECT count(*) FROM job WHERE account_id = $1 AND kind = 'send_message' AND state = 'succeeded'", account));
    }

    private Task DeliverAsync(Tenant tenant, string mail) => shared.World.Dovecot.DeliverAsync(tenant.Mailbox, Octets(mail));

    private NpgsqlDataSource Database => shared.Host.Services.GetRequiredService<NpgsqlDataSource>();

    private static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n");
}
