using System.Collections.Concurrent;
using Orleans;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Testing.Grains;

namespace Postmill.Grains.Tests.Sync;

/// <summary>Account grains that only hear wakes; what a wake does is set by the test.</summary>
internal sealed class HeardAccounts
{
    private readonly ConcurrentQueue<Guid> _woken = [];
    private int _now;
    private int _most;

    public Func<Guid, Task> Wakes { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyCollection<Guid> Woken => _woken;

    /// <summary>The most wakes that were under way at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public IGrainFactory Factory => NamedGrains.Of(id => new OneAccount(this, Guid.Parse(id.Key.ToString()!)));

    /// <summary>Accounts that were told of due jobs; what telling does is set by the test.</summary>
    public Func<Guid, Task> JobsDue { get; set; } = _ => Task.CompletedTask;

    private async Task WakeAsync(Guid account)
    {
        var now = Interlocked.Increment(ref _now);
        for (var most = MostAtOnce; now > most; most = MostAtOnce) Interlocked.CompareExchange(ref _most, now, most);
        _woken.Enqueue(account);
        try
        {
            await Wakes(account);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }

    private sealed class OneAccount(HeardAccounts grains, Guid account) : IAccountGrain
    {
        public Task Wake(WakeReason reason) => grains.WakeAsync(account);

        public Task<SyncReply> RequestSync() => throw new NotSupportedException();

        public Task<RunReport?> WaitForRun(Guid runId, TimeSpan atMost, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task JobsDue() => grains.JobsDue(account);

        public Task MailDue() => throw new NotSupportedException();

        public Task MailAsked() => throw new NotSupportedException();

        public Task WaitForMail(Guid jobId, TimeSpan atMost, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> CancelJob(Guid jobId) => throw new NotSupportedException();

        public Task Disconnect() => throw new NotSupportedException();
    }
}
