using Postmill.Host.Tests.Http;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Accounts;

public sealed class RequestFileTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task The_accounts_requests_are_answered_as_they_say()
    {
        var tenant = await shared.NewTenantAsync();
        var dovecot = shared.World.Dovecot;
        var file = Read("accounts.http")
            .With("session", tenant.User.Token).With("mailbox", tenant.Mailbox).With("mailbox_password", MailWorld.Password)
            .With("imap_host", "localhost").With("imap_port", dovecot.ImapsPort).With("smtp_host", "localhost").With("smtp_port", dovecot.SubmissionPort);
        Assert.True(await file.ReplayAsync(shared.Host.NewClient(), shared.Host.Address) > 10);
        Assert.Empty(await tenant.AccountsAsync());
    }

    [Fact]
    public async Task The_sync_requests_are_answered_as_they_say()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync();
        Assert.True(await Read("sync.http").With("session", tenant.User.Token).ReplayAsync(shared.Host.NewClient(), shared.Host.Address) > 5);
    }

    private static RequestFile Read(string name) => RequestFile.Read(RequestFile.All().Single(f => Path.GetFileName(f) == name));
}
