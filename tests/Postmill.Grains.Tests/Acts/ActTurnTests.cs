using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Jobs;
using Postmill.Grains.Sync;
using Postmill.Grains.Tests.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Acts;

/// <summary>When the worker does acts, and what it makes of servers and stores that fail.</summary>
public sealed class ActTurnTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly MemoryActs _acts = new();
    private readonly Server _server = new();
    private readonly Channel<RunReport> _reports = Channel.CreateUnbounded<RunReport>();
    private readonly StartGates _gates = new(new SyncOptions { HostOpeningsPerSecond = 100_000, OpeningsPerSecond = 100_000 }, HostUser.Alone, TimeProvider.System, Given.Metrics());
    private readonly MailboxWorker _worker;

    public ActTurnTests()
    {
        var ports = new SyncPorts(_server, new Settings(), new MemoryStore(), null!, new SyncOptions(), _gates, Given.Metrics(), _clock, new Random(1), _acts);
        _worker = new MailboxWorker(Given.Account, ports, report => _reports.Writer.TryWrite(report), NullLogger.Instance);
        _worker.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _gates.Dispose();
    }

    [Fact]
    public async Task Acts_end_a_wait_in_the_inbox_and_are_done_on_its_connection()
    {
        await RunAsync();
        await AddAsync(JobState.Succeeded, 1, 2);
        Assert.Equal([@"store 1 +\Seen", @"store 2 +\Seen"], _server.Mailbox.Asked.Where(asked => asked.StartsWith("store", StringComparison.Ordinal)));
        Assert.Equal(1, _server.Opened);
        Assert.All(_acts.Lines, line => Assert.Equal(("mailbox.change_flags", "done", null), (line.Action, line.Outcome, line.Code)));
        var after = await RunAsync();
        Assert.NotNull(after.Result);
    }

    [Fact]
    public async Task Without_a_connection_one_is_opened_and_a_server_that_is_away_is_asked_twice_for_them_all()
    {
        _server.Refuses = new SyncFailure(SyncFailure.Unreachable, "away");
        await AddAsync(JobState.Retrying, 1, 2, 3, 4, 5);
        Assert.Equal(2, _server.Tries);
        Assert.All(_acts.Ended, job => Assert.Equal((SyncFailure.Unreachable, _clock.GetUtcNow().AddMinutes(1)), (job.LastErrorCode, job.NextRunAt)));
        Assert.All(_acts.Lines, line => Assert.Equal(("failed", SyncFailure.Unreachable), (line.Outcome, line.Code)));
    }

    [Fact]
    public async Task A_wrong_password_fails_them_at_once()
    {
        _server.Refuses = new SyncFailure(SyncFailure.AuthFailed, "no");
        await AddAsync(JobState.Failed, 1);
    }

    [Fact]
    public async Task A_connection_that_died_unnoticed_costs_an_act_nothing()
    {
        await RunAsync();
        _server.Mailbox.Changed = LoseOnce();
        await AddAsync(JobState.Succeeded, 1);
        Assert.Equal((2, 1), (_server.Opened, Assert.Single(_acts.Ended).AttemptCount));
    }

    [Fact]
    public async Task A_refusal_fails_one_act_and_leaves_connection_and_others_alone()
    {
        await RunAsync();
        var refusals = new Queue<SyncFailure?>([new SyncFailure(SyncFailure.ProtocolError, "over quota"), null]);
        _server.Mailbox.Changed = () => Task.FromResult(refusals.Dequeue());
        Add(1, 2);
        await EndedAsync(2);
        Assert.Equal([JobState.Retrying, JobState.Succeeded], _acts.Ended.Select(job => job.State));
        Assert.Equal(1, _server.Opened);
    }

    [Fact]
    public async Task An_act_that_meets_a_bug_fails_and_the_next_one_is_done()
    {
        await RunAsync();
        var bugs = new Queue<bool>([true, false]);
        _server.Mailbox.Changed = () => bugs.Dequeue() ? throw new InvalidOperationException("a bug") : Task.FromResult<SyncFailure?>(null);
        Add(1, 2);
        await EndedAsync(2);
        Assert.Equal([("internal_error", JobState.Retrying), (null, JobState.Succeeded)], _acts.Ended.Select(job => (job.LastErrorCode, job.State)));
    }

    [Fact]
    public async Task An_end_that_could_not_be_recorded_is_looked_for_again_on_the_next_connection()
    {
        await RunAsync();
        var away = 2;
        _acts.Ending = _ =>
        {
            if (away-- > 0) throw new StorageAway();
        };
        Add(1);
        await Eventually.TrueAsync("the act ends", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(_acts.Ended.Count == 1);
        });
        Assert.Equal((JobState.Succeeded, 3), (_acts.Ended[0].State, _acts.Ended[0].AttemptCount));
    }

    [Fact]
    public async Task A_run_that_was_asked_for_goes_between_two_turns_of_many_acts()
    {
        var (first, second, changes) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        _server.Mailbox.Changed = async () =>
        {
            await (++changes <= 50 ? first : second).Task; // the second turn stands until the run was seen to end before it
            return null;
        };
        Add([.. Enumerable.Range(1, 120).Select(n => (uint)n)]);
        await Eventually.TrueAsync("the first turn goes", () => Task.FromResult(_acts.Looks == 1 && _server.Opened == 1));
        var run = Guid.NewGuid();
        _worker.Request(run, RunScope.Everything, urgent: true);
        first.SetResult();
        Assert.Equal(run, (await _reports.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20))).RunId);
        Assert.Equal(50, _acts.Ended.Count);
        second.SetResult();
        await EndedAsync(120);
    }

    private async Task<RunReport> RunAsync()
    {
        _worker.Request(Guid.NewGuid(), RunScope.Everything, urgent: false);
        return await _reports.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
    }

    private async Task AddAsync(JobState state, params uint[] uids)
    {
        Add(uids);
        await EndedAsync(uids.Length);
        Assert.All(_acts.Ended, job => Assert.Equal(state, job.State));
    }

    private void Add(params uint[] uids)
    {
        foreach (var uid in uids)
        {
            _server.Mailbox.Mails[uid] = [];
            _acts.Add(uid, _clock.GetUtcNow());
        }

        _worker.ActsDue();
    }

    private Task EndedAsync(int count) => Eventually.TrueAsync($"{count} acts have ended", () => Task.FromResult(_acts.Ended.Count == count));

    private static Func<Task<SyncFailure?>> LoseOnce()
    {
        var losses = 1;
        return () => losses-- > 0 ? throw new MailboxFaultException(new SyncFailure(SyncFailure.Unreachable, "reset")) : Task.FromResult<SyncFailure?>(null);
    }

    private sealed class StorageAway() : DbException("away");

    private sealed class Server : IMailboxes
    {
        private int _tries;
        private int _opened;

        public Server() => Mailbox.Opens = () => new OpenedFolder(MemoryActs.Validity, Mailbox.Mails.Keys.LastOrDefault() + 1, Mailbox.Mails.Count, null, null);

        public ScriptedMailbox Mailbox { get; } = new();

        public SyncFailure? Refuses { get; set; }

        public int Tries => Volatile.Read(ref _tries);

        public int Opened => Volatile.Read(ref _opened);

        public Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _tries);
            if (Refuses is { } refusal) throw new MailboxFaultException(refusal);
            Interlocked.Increment(ref _opened);
            return Task.FromResult<IMailbox>(Mailbox);
        }
    }

    private sealed class Settings : IAccountStore
    {
        public Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken) => Task.FromResult(
            new AccountSettings(claim.AccountId, "me@example.org", new("localhost", 1, ServerTls.None), new("localhost", 1, ServerTls.None), "me", "secret"));

        public Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveAsync(Claim claim, SyncState state, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> SaveResultAsync(Claim claim, SyncState state, bool handed, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
