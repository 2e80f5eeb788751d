using System.Net;
using Postmill.Host.Tests.Sync;

namespace Postmill.Client.Tests.Accounts;

public sealed class AccountTests
{
    [Fact]
    public async Task An_account_is_connected_changed_tested_rotated_and_disconnected()
    {
        await using var world = await MailWorld.StartAsync();
        var client = Clients.Of(world.Host, world.User);
        var wanted = new NewAccount(world.Mailbox, "localhost", world.ImapsPort, "localhost", world.Dovecot.SubmissionPort, world.Mailbox, MailWorld.Password) { Name = "Mine", ImapTls = "implicit" };
        Assert.DoesNotContain(MailWorld.Password, wanted.ToString(), StringComparison.Ordinal);
        var connected = await client.Accounts.ConnectAsync(wanted);
        Assert.Equal((world.Mailbox, "pending"), (connected.Email, connected.SyncStatus));
        var twice = await Assert.ThrowsAsync<PostmillException>(() => client.Accounts.ConnectAsync(wanted));
        Assert.Equal((HttpStatusCode.Conflict, "account_already_connected"), (twice.Status!.Value, twice.Code));

        Assert.Equal("Ours", (await client.Accounts.ChangeAsync(connected.Id, new AccountChange { Name = "Ours" })).Name);
        Assert.True((await client.Accounts.TestCredentialsAsync(connected.Id)).Success);
        var wrong = await Assert.ThrowsAsync<PostmillException>(() => client.Accounts.RotateCredentialsAsync(connected.Id, "wrong"));
        Assert.Equal("imap_verification_failed", wrong.Code);
        Assert.True((await client.Accounts.RotateCredentialsAsync(connected.Id, MailWorld.Password)).Imap.Ok);

        var account = (await client.Accounts.ListAsync()).Single();
        Assert.Equal((connected.Id, "Ours", true, world.ImapsPort), (account.Id, account.Name, account.IsDefault, account.ImapPort));
        Assert.Equal(connected.Id, (await client.Sync.StatusAsync()).Single().Id);
        await client.Accounts.DisconnectAsync(connected.Id);
        Assert.Empty(await client.Accounts.ListAsync());
    }

    [Fact]
    public async Task Who_one_is_and_what_an_admin_sees()
    {
        await using var world = await MailWorld.StartAsync();
        var admin = Clients.Of(world.Host, world.User);
        Assert.Equal((world.User.Email, "admin"), ((await admin.GetMeAsync()).Email, (await admin.GetMeAsync()).Role));
        Assert.True((await admin.Admin.GetClusterAsync()).Silos.Single().Answering);
        var other = Clients.Of(world.Host, await world.Host.SignUpAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<PostmillException>(() => other.Admin.GetClusterAsync())).Status);
        await other.SignOutAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<PostmillException>(() => other.GetMeAsync())).Status);
    }
}
