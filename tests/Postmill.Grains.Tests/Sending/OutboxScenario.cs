using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Jobs;
using Postmill.Grains.Sending;
using Postmill.Grains.Sync;
using Postmill.Grains.Tests.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sending;

/// <summary>An account's worker between an outbox in memory and a server that does what the story says, on one clock.</summary>
public abstract class OutboxScenario : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly StartGates _gates = new(new SyncOptions { HostOpeningsPerSecond = 100_000, OpeningsPerSecond = 100_000 }, HostUser.Alone, TimeProvider.System, Given.Metrics());
    private readonly List<OutboxWorker> _workers = [];

    private protected OutboxScenario() => Outbox = new MemoryOutbox(Clock);

    private protected ManualClock Clock { get; } = new();

    private protected ScriptedSmtp Server { get; } = new();

    private protected MemoryOutbox Outbox { get; }

    public async ValueTask DisposeAsync()
    {
        Outbox.IsAway = false;
        foreach (var worker in _workers.ToList()) await EndAsync(worker);
        _gates.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected OutboxWorker Start(SendOptions? options = null, bool waits = false)
    {
        var worker = new OutboxWorker(
            Given.Account with { Mail = new OutboxStanding(waits, IsUncertain: false, Doubted: 0) }, new SendPorts(Server, new Settings(), Outbox, options ?? new SendOptions(), _gates, new SendMetrics(new Given.Meters()), Clock), NullLogger.Instance);
        _workers.Add(worker);
        worker.Wake();
        return worker;
    }

    private protected async Task EndAsync(OutboxWorker worker)
    {
        if (_workers.Contains(worker)) await worker.DisposeAsync();
        _workers.Remove(worker);
    }

    protected Task SettledAsync() => PassUntilAsync("nothing waits", TimeSpan.Zero, () => Outbox.Jobs.All(job => !JobPolicy.IsOpen(job.State)));

    protected async Task PassAsync(TimeSpan span)
    {
        var end = Clock.GetUtcNow() + span;
        await PassUntilAsync("time has passed", span / 60, () => Clock.GetUtcNow() >= end);
    }

    /// <summary>Time moves a step at each look: the worker may not have begun its wait yet.</summary>
    protected async Task PassUntilAsync(string what, TimeSpan step, Func<bool> holds)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var began = TimeProvider.System.GetTimestamp(); !holds(); Clock.Advance(step))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"waited in vain until {what}");
            await looks.WaitForNextTickAsync();
        }
    }

    private sealed class Settings : IAccountStore
    {
        public Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken)
        {
            var server = new ServerAddress("mail.example.org", 465, ServerTls.Implicit);
            return Task.FromResult(new AccountSettings(claim.AccountId, "me@example.org", server, server, "me", "secret"));
        }

        public Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveAsync(Claim claim, SyncState state, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> SaveResultAsync(Claim claim, SyncState state, bool handed, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
