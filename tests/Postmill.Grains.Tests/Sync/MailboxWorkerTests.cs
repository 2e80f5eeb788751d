using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Jobs;
using Postmill.Grains.Sync;
using Postmill.Grains.Tests.Acts;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sync;

public sealed class MailboxWorkerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly SyncFailure WrongPassword = new(SyncFailure.AuthFailed, "no");
    private readonly WatchedClock _clock = new();
    private readonly MemoryStore _store = new();
    private readonly MemoryActs _acts = new();
    private readonly Server _server = new();
    private readonly StartGates _gates = new(new SyncOptions { HostOpeningsPerSecond = 100_000, OpeningsPerSecond = 100_000 }, HostUser.Alone, TimeProvider.System, Given.Metrics());
    private readonly Channel<RunReport> _reports = Channel.CreateUnbounded<RunReport>();
    private readonly MailboxWorker _worker;

    public MailboxWorkerTests()
    {
        var ports = Ports(new Settings());
        _worker = new MailboxWorker(Given.Account, ports, report => _reports.Writer.TryWrite(report), NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _gates.Dispose();
    }

    // The gates have a clock of their own: the waits that these tests count are the worker's.
    private SyncPorts Ports(Settings settings) => new(_server, settings, _store, null!, new SyncOptions(), _gates, Given.Metrics(), _clock, new Random(1), _acts);

    [Fact]
    public async Task Requested_run_opens_the_connection_and_keeps_it_for_the_next()
    {
        _worker.Start();
        for (var run = 1; run <= 2; run++) Assert.Null((await RunAsync()).Failure);
        Assert.Equal(1, _server.Opened);
    }

    [Fact]
    public async Task Wrong_password_is_tried_once_per_requested_run_and_never_between()
    {
        _server.Refuses = WrongPassword;
        _worker.Start();
        for (var rung = 1; rung <= 3; rung++)
        {
            Assert.Equal(WrongPassword, (await RunAsync()).Failure);
            await PassAsync(TimeSpan.FromHours(1));
            Assert.Equal(rung, _server.Tries);
        }
    }

    [Fact]
    public async Task Password_changed_while_connected_costs_one_refusal_when_the_connection_breaks()
    {
        _worker.Start();
        await RunAsync();
        _server.Refuses = WrongPassword;
        await _server.BreakAsync();
        await PassUntilAsync(() => _server.Tries == 2);
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, _server.Tries);
    }

    [Theory]
    [InlineData(SyncFailure.AuthFailed)]
    [InlineData(SyncFailure.Unreachable)]
    [InlineData(SyncFailure.TimedOut)]
    public async Task Run_that_failed_while_a_reconnect_was_waiting_leaves_the_next_try_to_the_schedule(string code)
    {
        _worker.Start();
        await RunAsync();
        _server.Refuses = new SyncFailure(code, "no");
        await _server.BreakAsync();
        Assert.Equal(_server.Refuses, (await RunAsync()).Failure); // before the reconnect was due
        await PassAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, _server.Tries);
    }

    [Fact]
    public async Task Server_that_drops_every_connection_is_tried_ever_more_rarely()
    {
        _worker.Start();
        await RunAsync();
        _server.Refuses = new SyncFailure(SyncFailure.Unreachable, "dropped");
        await _server.BreakAsync();
        var waits = new List<TimeSpan>();
        while (waits.Sum(w => w.TotalHours) < 1)
        {
            waits.Add(await _clock.NextWaitAsync().WaitAsync(Patience));
            _clock.Advance(waits[^1]);
        }

        // 1, 2, 4 … 256 s are nine tries, then one each 150 to 300 s.
        Assert.InRange(waits.Count, 12, 10 + (3_600 / 150));
        Assert.All(waits.Skip(9), wait => Assert.InRange(wait.TotalSeconds, 150, 300));
        Assert.InRange(_server.Tries, waits.Count, waits.Count + 1);
    }

    [Fact]
    public async Task Stored_password_that_cannot_be_read_fails_the_run_and_tries_nothing()
    {
        await using var worker = new MailboxWorker(
            Given.Account, Ports(new Settings { Lost = true }), report => _reports.Writer.TryWrite(report), NullLogger.Instance);
        worker.Start();
        worker.Request(Guid.NewGuid(), RunScope.Everything, urgent: false);
        Assert.Equal(SyncFailure.AuthFailed, (await NextReportAsync()).Failure?.Code);
        Assert.Equal(0, _server.Tries);
    }

    [Fact]
    public async Task Lost_ownership_ends_the_loop_and_closes_the_connection()
    {
        _worker.Start();
        _store.Storing = _ => throw new OwnershipLostException(Given.Account.Claim);
        _server.Mailbox.Mails[1] = [];
        var report = await RunAsync();
        Assert.Null(report.Result);
        Assert.Null(report.Failure);
        await _worker.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.True(_server.Mailbox.Disposed);
    }

    [Fact]
    public async Task Run_that_waits_for_its_turn_goes_first_once_a_person_waits_for_it()
    {
        var held = await HoldHostAsync();
        var others = Enumerable.Range(0, 1_000).Select(_ => _gates.OpeningAsync(Given.Account.ImapHost, CancellationToken.None, CancellationToken.None)).ToList();
        _worker.Start();
        var run = Guid.NewGuid();
        _worker.Request(run, RunScope.Everything, urgent: false);
        var begun = TimeProvider.System.GetTimestamp();
        while (_gates.Hosts.Waiting <= others.Count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "the run never came to the gate");
            await Task.Yield();
        }

        _worker.Hurry();
        foreach (var opening in held) opening.Dispose();
        var report = await NextReportAsync();
        Assert.NotNull(report.Result);
        Assert.Equal(_clock.GetUtcNow(), report.StartedAt);
        Assert.InRange(others.Count(o => o.IsCompleted), 0, 10); // those that the host's places let in beside it
    }

    [Fact]
    public async Task Worker_that_waits_at_a_gate_ends_at_once_and_reports_no_failure()
    {
        var held = await HoldHostAsync();
        _worker.Start();
        _worker.Request(Guid.NewGuid(), RunScope.Everything, urgent: true);
        await _worker.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.False(_reports.Reader.TryRead(out _));
        Assert.Equal(0, _server.Tries);
        foreach (var opening in held) opening.Dispose();
    }

    [Fact]
    public async Task Host_that_turns_us_away_and_says_for_how_long_is_left_alone_by_all_but_a_wrong_password_is_the_accounts()
    {
        _worker.Start();
        _server.Refuses = WrongPassword;
        await RunAsync();
        (await _gates.OpeningAsync(Given.Account.ImapHost, CancellationToken.None, CancellationToken.None).WaitAsync(Patience)).Dispose();
        _server.TurnsAway = TimeSpan.FromHours(1);
        Assert.Equal(WrongPassword, (await RunAsync()).Failure);
        using var cancel = new CancellationTokenSource();
        var other = _gates.OpeningAsync(Given.Account.ImapHost, CancellationToken.None, cancel.Token);
        Assert.False(other.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
    }

    private Task<HostOpening[]> HoldHostAsync() =>
        Task.WhenAll(Enumerable.Range(0, new SyncOptions().HostOpeningsAtOnce).Select(_ => _gates.OpeningAsync(Given.Account.ImapHost, CancellationToken.None, CancellationToken.None)));

    private async Task<RunReport> RunAsync()
    {
        var run = Guid.NewGuid();
        _worker.Request(run, RunScope.Everything, urgent: false);
        var report = await NextReportAsync();
        Assert.Equal(run, report.RunId);
        return report;
    }

    private Task<RunReport> NextReportAsync() => _reports.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Lets time pass in small steps, so that a loop that arms a new wait after each one is followed.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(10))
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            for (var turn = 0; turn < 20; turn++) await Task.Yield();
        }
    }

    private async Task PassUntilAsync(Func<bool> holds)
    {
        for (var step = 0; !holds(); step++)
        {
            Assert.InRange(step, 0, 100_000);
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>Tells each wait that is begun.</summary>
    private sealed class WatchedClock : TimeProvider
    {
        private readonly ManualClock _clock = new();
        private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

        public Task<TimeSpan> NextWaitAsync() => _waits.Reader.ReadAsync().AsTask();

        public void Advance(TimeSpan by) => _clock.Advance(by);

        public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _clock.CreateTimer(callback, state, dueTime, period);
            if (dueTime != Timeout.InfiniteTimeSpan) _waits.Writer.TryWrite(dueTime);
            return timer;
        }
    }

    private sealed class Settings : IAccountStore
    {
        public bool Lost { get; init; }

        public Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken) => Lost
            ? throw new UnreadableSecretException()
            : Task.FromResult(new AccountSettings(claim.AccountId, "me@example.org", new("localhost", 1, ServerTls.None), new("localhost", 1, ServerTls.None), "me", "secret"));

        public Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SaveAsync(Claim claim, SyncState state, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> SaveResultAsync(Claim claim, SyncState state, bool handed, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Server : IMailboxes
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<FolderSignal> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _tries;
        private int _opened;

        public Server()
        {
            var interrupted = Mailbox.Waits;
            Mailbox.Opens = () => new OpenedFolder(7, Mailbox.Mails.Keys.LastOrDefault() + 1, Mailbox.Mails.Count, null, null);
            Mailbox.Waits = async interrupt =>
            {
                _waiting.TrySetResult();
                await Task.WhenAny(_broken.Task, interrupted(interrupt));
                return _broken.Task.IsCompleted ? await _broken.Task : FolderSignal.Quiet;
            };
        }

        public ScriptedMailbox Mailbox { get; } = new();

        public SyncFailure? Refuses { get; set; }

        /// <summary>For so long, and before it asks who we are.</summary>
        public TimeSpan? TurnsAway { get; set; }

        public int Tries => Volatile.Read(ref _tries);

        public int Opened => Volatile.Read(ref _opened);

        public Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _tries);
            if (Refuses is { } refusal) throw new MailboxFaultException(refusal) { IsOfHost = TurnsAway is not null, RetryAfter = TurnsAway };
            Interlocked.Increment(ref _opened);
            return Task.FromResult<IMailbox>(Mailbox);
        }

        /// <summary>The connection breaks while INBOX is watched.</summary>
        public async Task BreakAsync()
        {
            await _waiting.Task.WaitAsync(Patience);
            _broken.SetException(new MailboxFaultException(new SyncFailure(SyncFailure.Unreachable, "reset")));
        }
    }
}
