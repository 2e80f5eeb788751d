using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Grains.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sync;

public sealed class SyncSweeperTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualClock _clock = new();
    private readonly Schedule _schedule = new();
    private readonly HeardAccounts _grains = new();
    private readonly ListedLog _log = new();
    private readonly SyncOptions _options = new() { SweepBatch = 20, SweepWakes = 8 };
    private readonly SyncSweeper _sweeper;

    public SyncSweeperTests() => _sweeper = new SyncSweeper(_schedule, _grains.Factory, _options, _clock, new Random(3), _log);

    public async ValueTask DisposeAsync()
    {
        await _sweeper.StopAsync(CancellationToken.None).WaitAsync(Patience);
        _sweeper.Dispose();
    }

    [Fact]
    public async Task Full_looks_follow_each_other_at_once_and_wakes_under_way_are_bounded()
    {
        _schedule.Due(1_006);
        _grains.Wakes = async _ => await Task.Yield();
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _grains.Woken.Count == 1_000);
        await PassUntilAsync(() => _grains.Woken.Count == 1_006); // the last six are few and spread
        Assert.InRange(_grains.MostAtOnce, 2, 8);
        Assert.Equal(1_006, _grains.Woken.Distinct().Count());
    }

    [Fact]
    public async Task Few_wakes_are_spread_over_half_of_the_time_to_the_next_look()
    {
        _schedule.Due(8);
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _schedule.Looks == 1);
        var seen = new HashSet<int>();
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(1); passed += TimeSpan.FromMilliseconds(100))
        {
            seen.Add(_grains.Woken.Count);
            await PassAsync(TimeSpan.FromMilliseconds(100));
        }

        await UntilAsync(() => _grains.Woken.Count == 8);
        Assert.True(seen.Count >= 4, $"the wakes came in {seen.Count} steps");
        Assert.Equal(1, _schedule.Looks);
    }

    [Fact]
    public async Task Wakes_that_hang_give_their_room_back_and_the_others_go_on()
    {
        _schedule.Due(40);
        var never = new TaskCompletionSource();
        var hanging = _schedule.Waiting.Take(8).ToHashSet();
        _grains.Wakes = id => hanging.Contains(id) ? never.Task : Task.CompletedTask;
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _grains.Woken.Count == 8);
        await PassAsync(TimeSpan.FromSeconds(4.9));
        Assert.Equal(8, _grains.Woken.Count);
        await PassUntilAsync(() => _grains.Woken.Count == 40);
    }

    [Fact]
    public async Task Silo_out_of_reach_is_one_line_a_look_and_its_accounts_are_tried_again()
    {
        _schedule.Due(20);
        var reachable = false;
        _grains.Wakes = _ => reachable ? Task.CompletedTask : Task.FromException(new SiloUnavailableException("gone"));
        await _sweeper.StartAsync(CancellationToken.None);
        await PassUntilAsync(() => _log.Lines.Any(line => line.StartsWith("20 accounts could not be woken", StringComparison.Ordinal)));
        Assert.Single(_log.Lines);
        reachable = true;
        _schedule.Again();
        await PassUntilAsync(() => _grains.Woken.Count == 40);
    }

    [Fact]
    public async Task Database_out_of_reach_does_not_end_the_sweeps()
    {
        _schedule.Fault = new Unreachable();
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _schedule.Looks == 1);
        _schedule.Fault = null;
        _schedule.Due(5);
        await PassUntilAsync(() => _grains.Woken.Count == 5);
    }

    // When a silo is declared dead its accounts become orphans; from there on the schedule of sweeps is all there is to wait for.
    [Fact]
    public async Task Orphans_are_woken_within_ten_seconds_of_their_silos_death_even_when_the_first_try_fails()
    {
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _schedule.Looks == 1);
        await PassAsync(TimeSpan.FromSeconds(1)); // declared dead in the middle between two looks
        _schedule.Due(200);
        var tries = new ConcurrentDictionary<Guid, int>();
        _grains.Wakes = id => tries.AddOrUpdate(id, 1, (_, n) => n + 1) == 1 ? Task.FromException(new SiloUnavailableException("still in the view")) : Task.CompletedTask;
        var ended = _clock.GetUtcNow();
        _schedule.AgainAfter = (TimeSpan.FromSeconds(_options.SweepPauseSeconds), _clock);
        await PassUntilAsync(() => tries.Count == 200 && tries.Values.All(n => n >= 2));
        Assert.InRange((_clock.GetUtcNow() - ended).TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task Stop_ends_waits_and_wakes_and_nothing_is_woken_after_it()
    {
        _schedule.Due(6);
        _grains.Wakes = _ => new TaskCompletionSource().Task;
        await _sweeper.StartAsync(CancellationToken.None);
        await UntilAsync(() => _schedule.Looks == 1);
        await PassUntilAsync(() => _grains.Woken.Count > 0);
        await _sweeper.StopAsync(CancellationToken.None).WaitAsync(Patience);
        var woken = _grains.Woken.Count;
        Assert.InRange(woken, 1, 5);
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(woken, _grains.Woken.Count);
    }

    private async Task PassAsync(TimeSpan time)
    {
        _clock.Advance(time);
        for (var turn = 0; turn < 200; turn++) await Task.Yield();
    }

    private Task PassUntilAsync(Func<bool> holds) => UntilAsync(holds, () => _clock.Advance(TimeSpan.FromMilliseconds(10)));

    private static async Task UntilAsync(Func<bool> holds, Action? between = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it did not happen");
            between?.Invoke();
            for (var turn = 0; turn < 20; turn++) await Task.Yield();
        }
    }

    private sealed class Unreachable : DbException;

    /// <summary>Accounts that are due, in memory; taken is gone, until they are due again.</summary>
    private sealed class Schedule : IDueAccounts
    {
        private readonly Lock _gate = new();
        private readonly List<Guid> _taken = [];
        private Queue<Guid> _waiting = [];
        private int _looks;

        public int Looks => Volatile.Read(ref _looks);

        public Exception? Fault { get; set; }

        public (TimeSpan Pause, TimeProvider Clock)? AgainAfter { get; set; }

        public IReadOnlyList<Guid> Waiting
        {
            get { lock (_gate) return [.. _waiting]; }
        }

        public void Due(int count)
        {
            lock (_gate) for (var n = 0; n < count; n++) _waiting.Enqueue(Guid.NewGuid());
        }

        public void Again()
        {
            lock (_gate) _waiting = new Queue<Guid>(_taken);
        }

        public Task<IReadOnlyList<Guid>> TakeAsync(int most, TimeSpan pause, TimeSpan slack, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _looks);
            if (Fault is { } fault) throw fault;
            lock (_gate)
            {
                var batch = new List<Guid>();
                while (batch.Count < most && _waiting.TryDequeue(out var id)) batch.Add(id);
                _taken.AddRange(batch);
                if (AgainAfter is { } again && batch.Count > 0)
                    again.Clock.CreateTimer(_ => { lock (_gate) foreach (var id in batch) _waiting.Enqueue(id); }, null, again.Pause, Timeout.InfiniteTimeSpan);
                return Task.FromResult<IReadOnlyList<Guid>>(batch);
            }
        }
    }

    private sealed class ListedLog : ILogger<SyncSweeper>
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IReadOnlyCollection<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
