namespace Postmill.Grains.Sending;

/// <summary>Who waits for what becomes of a mail. Told that there is something to look at, not what.</summary>
internal sealed class MailWaiters
{
    /// <summary>More than this wait for one account: the others look at once.</summary>
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, TaskCompletionSource> _waiting = [];

    public Task WaitAsync(Guid jobId)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(jobId, out var known)) return known.Task;
            if (_waiting.Count >= Most) return Task.CompletedTask;
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add(jobId, source);
            return source.Task;
        }
    }

    public void Tell(IEnumerable<Guid> jobs)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return;
            foreach (var job in jobs) if (_waiting.Remove(job, out var source)) source.TrySetResult();
        }
    }

    public void TellAll()
    {
        lock (_gate)
        {
            foreach (var source in _waiting.Values) source.TrySetResult();
            _waiting.Clear();
        }
    }
}
