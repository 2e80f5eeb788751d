using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>The mails of an account that are due, some in hand, the rest in the outbox. Reading claims nothing, so what is in hand can be let go of at any time.</summary>
internal sealed class DueMails(Claim claim, IOutbox outbox, int batch, TimeProvider time, CancellationToken stop)
{
    private readonly Lock _gate = new();
    private readonly Queue<OutgoingMail> _ready = new();
    private readonly HashSet<Guid> _underWay = [];
    private Task<bool>? _refill;
    private bool _stale;
    private bool _more;

    /// <summary>Ready to be taken.</summary>
    public int InHand
    {
        get { lock (_gate) return _ready.Count; }
    }

    /// <summary>Mails may have come that go before those of the bulk lane which are in hand: these are let go of.</summary>
    public void Freshen()
    {
        lock (_gate)
        {
            _stale = true;
            if (_ready.Count == 0 || _ready.All(mail => mail.Lane == SendLane.Single)) return;
            var stay = _ready.Where(mail => mail.Lane == SendLane.Single).ToList();
            _ready.Clear();
            foreach (var mail in stay) _ready.Enqueue(mail);
        }
    }

    /// <summary>The next mail, if there is one in hand and <paramref name="reserve"/> has a place for it.</summary>
    public OutgoingMail? TryTake(Func<bool> reserve)
    {
        lock (_gate)
        {
            if (_ready.Count == 0 || !reserve()) return null;
            var mail = _ready.Dequeue();
            _underWay.Add(mail.Job.Id);
            if (_more && _ready.Count == batch / 2) Read(); // while the other half lasts
            return mail;
        }
    }

    /// <summary>Its row says what became of it, or it was not begun.</summary>
    public void Done(OutgoingMail mail)
    {
        lock (_gate) _underWay.Remove(mail.Job.Id);
    }

    /// <summary>Reads more; one reading serves all who wait for it. False: nothing else is due.</summary>
    public Task<bool> RefillAsync()
    {
        lock (_gate) return _ready.Count > 0 ? Task.FromResult(true) : Read();
    }

    /// <summary>Waits for a reading that nobody needs any more.</summary>
    public async Task EndAsync()
    {
        Task? reading;
        lock (_gate) reading = _refill;
        if (reading is not null) await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Under the lock.</summary>
    private Task<bool> Read() => _refill is { IsCompleted: false } ? _refill : _refill = Task.Run(ReadAsync, stop);

    private async Task<bool> ReadAsync()
    {
        for (var again = true; ; again = false)
        {
            Guid[] except;
            lock (_gate)
            {
                except = [.. _underWay, .. _ready.Select(mail => mail.Job.Id)];
                _stale = false;
            }

            var mails = await outbox.DueAsync(claim, except, batch, time.GetUtcNow(), stop);
            lock (_gate)
            {
                if (_stale && again && mails.Any(mail => mail.Lane != SendLane.Single)) continue;
                foreach (var mail in mails) _ready.Enqueue(mail);
                _more = mails.Count == batch;
                return mails.Count > 0;
            }
        }
    }
}
