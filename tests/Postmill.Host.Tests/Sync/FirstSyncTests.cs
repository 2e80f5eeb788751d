using System.Text;

namespace Postmill.Host.Tests.Sync;

public sealed class FirstSyncTests
{
    [Fact]
    public async Task A_connected_mailbox_is_stored_as_the_server_shows_it_and_new_mail_is_news()
    {
        await using var world = await MailWorld.StartAsync();
        await world.Dovecot.SeedAsync(world.Mailbox, "INBOX", Enumerable.Range(1, 40).Select(n => Mail($"old {n}")));
        await world.Dovecot.SeedAsync(world.Mailbox, "Archive", Enumerable.Range(1, 10).Select(n => Mail($"archived {n}")));

        var account = await world.ConnectAndSyncAsync();
        await world.AssertStoreEqualsServerAsync(account);
        Assert.Empty(await world.EventsAsync());

        await world.Dovecot.DeliverAsync(world.Mailbox, Mail("Re: Your email"));
        await Eventually.TrueAsync("the new mail is an event", async () => (await world.EventsAsync()).Count == 1);
        var frame = (await world.EventsAsync())[0];
        Assert.Equal("sender@example.net", frame.GetProperty("from").GetString());
        Assert.Equal("Re: Your email", frame.GetProperty("subject").GetString());
        await world.AssertStoreEqualsServerAsync(account);
    }

    private static byte[] Mail(string subject) => Encoding.UTF8.GetBytes(
        $"From: Sender <sender@example.net>\r\nTo: me@example.org\r\nSubject: {subject}\r\nMessage-ID: <{Guid.NewGuid():N}@example.net>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\n\r\nHello {subject}.\r\n");
}
