using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Testing.Grains;

namespace Postmill.Host.Tests.Accounts;

/// <summary>What is saved is not told as failed because the account's grain could not be reached just then.</summary>
public sealed class UnreachableGrainTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Connecting_and_disconnecting_succeed_and_the_sweep_does_the_rest()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(2);
        var services = shared.Host.Services;
        var connector = new AccountConnector(
            services.GetRequiredService<IAccountBook>(), services.GetRequiredService<IMailVerifier>(), services.GetRequiredService<StartGates>(), NamedGrains.Of(_ => new Unreachable()), NullLogger<AccountConnector>.Instance);
        var dovecot = shared.World.Dovecot;
        var wanted = new NewAccount(
            tenant.Mailbox, null, new ServerAddress("localhost", dovecot.ImapsPort, ServerTls.Implicit), new ServerAddress("localhost", dovecot.SubmissionPort, ServerTls.StartTls),
            tenant.Mailbox, Sync.MailWorld.Password);

        var connected = Assert.IsType<ConnectResult.Connected>(await connector.ConnectAsync(tenant.User.UserId, wanted, CancellationToken.None));
        await tenant.UntilAsync(connected.AccountId, "idle");
        Assert.Equal(2, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", connected.AccountId));

        Assert.True((await connector.RotateAsync(tenant.User.UserId, connected.AccountId, null, Sync.MailWorld.Password, CancellationToken.None))!.Passed);
        Assert.True(await connector.DisconnectAsync(tenant.User.UserId, connected.AccountId, CancellationToken.None));
        Assert.Empty(await tenant.AccountsAsync());
    }

    private sealed class Unreachable : IAccountGrain
    {
        public Task<SyncReply> RequestSync() => throw new NotSupportedException();

        public Task<RunReport?> WaitForRun(Guid runId, TimeSpan atMost, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task Wake(WakeReason reason) => Task.FromException(reason == WakeReason.Connected ? new SiloUnavailableException("gone") : new TimeoutException("late"));

        public Task JobsDue() => Task.FromException(new OwnershipHeldException(Guid.Empty));

        public Task MailDue() => throw new NotSupportedException();

        public Task MailAsked() => throw new NotSupportedException();

        public Task WaitForMail(Guid jobId, TimeSpan atMost, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> CancelJob(Guid jobId) => throw new SiloUnavailableException("no silo");

        public Task Disconnect() => Task.FromException(new OwnershipHeldException(Guid.Empty));
    }
}
