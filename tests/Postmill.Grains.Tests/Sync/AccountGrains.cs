using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;

namespace Postmill.Grains.Tests.Sync;

/// <summary>Account grains that only hear wakes; what a wake does is set by the test.</summary>
internal sealed class AccountGrains : IGrainFactory
{
    private readonly ConcurrentQueue<Guid> _woken = [];
    private int _now;
    private int _most;

    public Func<Guid, Task> Wakes { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyCollection<Guid> Woken => _woken;

    /// <summary>The most wakes that were under way at once.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithStringKey =>
        (TGrainInterface)(object)new OneAccount(this, Guid.Parse(primaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null) where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId) where TGrainInterface : IAddressable => throw new NotSupportedException();

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

    private sealed class OneAccount(AccountGrains grains, Guid account) : IAccountGrain
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
