using System.Data.Common;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sending;

/// <summary>
/// Outcomes and intents of all connections of an account, written together: what comes while one transaction is under way goes into the next, which begins while the one before is
/// still on its way to the disk. A connection has one mail between intent and outcome, so what a crash leaves in doubt is at most one mail a connection.
/// </summary>
internal sealed class OutboxCommits(Claim claim, IOutbox outbox, Pacer pacer, bool fileCopies, TimeProvider time, Action<IReadOnlyList<MailOutcome>> committed, Action<Exception> failed) : IDisposable
{
    /// <summary>While the database is away: outcomes are known and must be written, nothing else can happen.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _writes = [];
    private List<Entry> _pending = [];
    private Task _writer = Task.CompletedTask;
    private bool _running;
    private bool _lost;

    /// <summary>
    /// Writes the outcome of one mail and the intent of the next. True: the intent holds. False: it does not, for the mail was cancelled, or because it is not known whether the
    /// database has it; then it is taken back by itself.
    /// </summary>
    /// <exception cref="OwnershipLostException">Another owner has the account.</exception>
    public Task<bool> SubmitAsync(MailOutcome? outcome, OutgoingMail? intent)
    {
        var entry = new Entry(outcome, intent);
        lock (_gate)
        {
            if (_lost) throw new OwnershipLostException(claim);
            _pending.Add(entry);
            Start();
            return entry.Done.Task;
        }
    }

    /// <summary>Waits until everything is written. What the database does not take until <paramref name="leave"/> is given up: the next owner finds those mails running, and in doubt.</summary>
    public async Task EndAsync(CancellationToken leave)
    {
        await using (leave.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop))
        {
            while (UnderWay() is { Length: > 0 } tasks) await Task.WhenAll(tasks);
        }
    }

    public void Dispose() => _stop.Dispose();

    private Task[] UnderWay()
    {
        lock (_gate) return [.. _writes.Append(_writer).Where(task => !task.IsCompleted)];
    }

    /// <summary>Under the lock.</summary>
    private void Start()
    {
        if (_running) return;
        _running = true;
        _writer = Task.Run(WriteAllAsync);
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            List<Entry> batch;
            lock (_gate)
            {
                if (_pending.Count == 0 || _stop.IsCancellationRequested)
                {
                    _running = false;
                    foreach (var entry in _pending) entry.Done.TrySetResult(false);
                    _pending = [];
                    return;
                }

                (batch, _pending) = (_pending, []);
            }

            var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var write = WriteAsync(batch, written);
            lock (_gate)
            {
                _writes.RemoveAll(task => task.IsCompleted);
                _writes.Add(write);
            }

            await written.Task;
        }
    }

    /// <summary>Never faults; <paramref name="written"/> is set when the next may begin.</summary>
    private async Task WriteAsync(List<Entry> batch, TaskCompletionSource written)
    {
        var commit = new OutboxCommit(
            [.. batch.Where(entry => entry.Outcome is not null).Select(entry => entry.Outcome!)],
            [.. batch.Where(entry => entry.Intent is not null).Select(entry => entry.Intent!.Job.Id)],
            pacer.Kept, fileCopies, time.GetUtcNow());
        try
        {
            var granted = await outbox.CommitAsync(claim, commit, written.SetResult, CancellationToken.None);
            committed(commit.Outcomes);
            foreach (var entry in batch) entry.Done.TrySetResult(entry.Intent is { } mail && granted.Contains(mail.Job.Id));
        }
        catch (OwnershipLostException lost)
        {
            lock (_gate) _lost = true;
            foreach (var entry in batch) entry.Done.TrySetException(lost);
        }
        catch (DbException fault)
        {
            failed(fault);
            Requeue(batch);
            if (!written.Task.IsCompleted) await PauseAsync();
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            // Whoever waits for the commit must hear of it; the rows stay as they are, which for mails under way means in doubt.
            foreach (var entry in batch) entry.Done.TrySetException(bug);
        }
        finally
        {
            written.TrySetResult();
        }
    }

    /// <summary>
    /// Intents are refused, so that nothing is sent on them; whether they were committed is not known, so they are taken back, before anybody can ask for them again. Outcomes are
    /// tried until they are written.
    /// </summary>
    private void Requeue(List<Entry> batch)
    {
        var now = time.GetUtcNow();
        var again = new List<Entry>();
        foreach (var entry in batch)
        {
            if (entry.Outcome is not null) again.Add(new Entry(entry.Outcome, null));
            if (entry.Intent is { } mail) again.Add(new Entry(new MailOutcome(mail, SendPolicy.OnTakenBack(mail.Job, now)), null));
        }

        lock (_gate)
        {
            _pending.InsertRange(0, again);
            Start();
        }

        foreach (var entry in batch) entry.Done.TrySetResult(false);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Again, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private sealed record Entry(MailOutcome? Outcome, OutgoingMail? Intent)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
