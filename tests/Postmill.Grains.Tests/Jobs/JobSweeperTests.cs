using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Postmill.Grains.Jobs;
using Postmill.Grains.Tests.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Jobs;

public sealed class JobSweeperTests
{
    [Fact]
    public async Task A_full_look_is_followed_by_the_next_at_once_and_every_account_is_told()
    {
        var accounts = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToArray();
        var due = new Due([accounts[..2], accounts[2..4], accounts[4..]]);
        var told = await SweepAsync(due, new JobOptions { SweepBatch = 2 }, _ => Task.CompletedTask, until: 5);
        Assert.Equal(accounts.Order(), told.Order());
    }

    [Fact]
    public async Task An_account_out_of_reach_and_a_database_away_stop_nothing()
    {
        var accounts = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToArray();
        var due = new Due([[.. accounts[..3]], null, [accounts[3]]]);
        var told = await SweepAsync(due, new JobOptions(), account => account == accounts[1] ? Task.FromException(new TimeoutException("late")) : Task.CompletedTask, until: 4);
        Assert.Equal(accounts.Order(), told.Order());
    }

    private static async Task<IReadOnlyCollection<Guid>> SweepAsync(Due due, JobOptions options, Func<Guid, Task> tell, int until)
    {
        var clock = new ManualClock();
        var told = new ConcurrentQueue<Guid>();
        var grains = new HeardAccounts
        {
            JobsDue = account =>
            {
                told.Enqueue(account);
                return tell(account);
            },
        };
        using var sweeper = new JobSweeper(due, grains.Factory, options, clock, NullLogger<JobSweeper>.Instance);
        await sweeper.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync("all are told", () =>
        {
            if (told.Count < until) clock.Advance(TimeSpan.FromSeconds(options.SweepSeconds));
            return Task.FromResult(told.Count >= until);
        });
        await sweeper.StopAsync(CancellationToken.None);
        return told;
    }

    /// <summary>Looks that find these; null: the database is away.</summary>
    private sealed class Due(Guid[]?[] looks) : IDueJobs
    {
        private int _look = -1;

        public Task<(int Jobs, IReadOnlyList<Guid> Accounts)> TakeAsync(int most, TimeSpan pause, DateTimeOffset now, CancellationToken cancellationToken)
        {
            var look = Interlocked.Increment(ref _look);
            var found = look < looks.Length ? looks[look] ?? throw new Away() : [];
            return Task.FromResult<(int, IReadOnlyList<Guid>)>((found.Length, found));
        }
    }

    private sealed class Away() : DbException("the database is away");
}
