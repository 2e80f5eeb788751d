using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sending;

/// <summary>
/// Sends what is due over as many connections as there is work for, until nothing is due, a limit is reached, or the server cannot be used. On each connection:
/// <code>
///   take a mail ─► commit { outcome of the one before, intent of this one } ─┐ side by side
///                  MAIL FROM, RCPT TO ──────────────────────────────────────┴─► content, dot ─► reply ─► take the next
/// </code>
/// </summary>
internal sealed class OutboxRound(
    OwnedAccount account, SendPorts ports, SessionPool sessions, OutboxCommits commits, Pacer pacer, CancellationToken stop, CancellationToken leave)
{
    /// <summary>Connections that broke in a row, each with another mail: then it is not the mails.</summary>
    private const int MostLosses = 3;

    private readonly DueMails _due = new(account.Claim, ports.Outbox, ports.Options.Batch, ports.Time, stop);
    private readonly Lock _gate = new();
    private readonly List<Task> _lanes = [];
    private SendFailure? _trouble;
    private bool _unopened;
    private volatile bool _opened;
    private DateTimeOffset? _paced;
    private bool _served;
    private int _losses;

    /// <summary>Rows may have come that go before those in hand.</summary>
    public void Freshen() => _due.Freshen();

    public async Task<RoundEnd> RunAsync()
    {
        lock (_gate) _lanes.Add(Task.Run(LaneAsync, CancellationToken.None));
        for (var at = 0; ; at++)
        {
            Task lane;
            lock (_gate)
            {
                if (at == _lanes.Count) break;
                lane = _lanes[at];
            }

            await lane.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // all have ended before one's fault is told
        }

        await _due.EndAsync();
        await Task.WhenAll(_lanes);

        var next = _trouble is null && !stop.IsCancellationRequested ? Earlier(_paced, await ports.Outbox.NextAtAsync(account.Claim, [], stop)) : null;
        return new RoundEnd(_trouble, _unopened, _served, next);
    }

    /// <summary>With a limit reached, what is due already waits for the limit.</summary>
    private static DateTimeOffset? Earlier(DateTimeOffset? paced, DateTimeOffset? next) => paced is { } at && next is { } due ? (due > at ? due : at) : next;

    private async Task LaneAsync()
    {
        MailOutcome? carried = null;
        OpenSession? session = null;
        try
        {
            while (true)
            {
                if (_due.TryTake(Reserve) is not { } mail)
                {
                    // Nothing in hand: what is known is written before anything is waited for.
                    if (carried is not null) await SettleAsync(carried);
                    carried = null;
                    if (await TakeAsync() is not { } taken) return;
                    mail = taken;
                }

                if (_opened) MoreLanes();
                try
                {
                    session ??= await sessions.TakeAsync(fresh: false, leave);
                }
                catch (SendFaultException fault)
                {
                    PutBack(mail);
                    Unopened(fault.Failure);
                    continue;
                }

                if (!_opened) Opened();

                (carried, session) = await SendAsync(mail, carried, session);
            }
        }
        finally
        {
            if (carried is not null) await SettleAsync(carried);
            if (session is not null) await sessions.GiveBackAsync(session);
        }
    }

    /// <summary>Answers the outcome, which is still to be written, and the session if it can be used on.</summary>
    private async Task<(MailOutcome? Outcome, OpenSession? Session)> SendAsync(OutgoingMail mail, MailOutcome? before, OpenSession session)
    {
        var place = pacer.Use();
        try
        {
            return await AttemptAsync(mail, before, session);
        }
        finally
        {
            pacer.Ended(place);
        }
    }

    private async Task<(MailOutcome? Outcome, OpenSession? Session)> AttemptAsync(OutgoingMail mail, MailOutcome? before, OpenSession session)
    {
        var intent = commits.SubmitAsync(before, mail);
        var delivery = await session.Session.SendAsync(mail, async _ => await intent, leave);
        var granted = await intent;
        if (before is not null) _due.Done(before.Mail);
        if (!granted)
        {
            // Cancelled meanwhile, or the database did not take it: nothing of it was sent.
            _due.Done(mail);
            return (null, await KeptAsync(session));
        }

        if (delivery.End == DeliveryEnd.LostBefore && session.HasServed && !leave.IsCancellationRequested) (delivery, session) = await SendAgainAsync(mail, delivery, session);
        Judge(delivery);
        var now = ports.Time.GetUtcNow();
        var attempt = SendPolicy.OnDelivery(SendPolicy.OnIntent(mail.Job, now), mail.Waiting, mail.Settled, delivery, now);
        return (new MailOutcome(mail, attempt, delivery.Failure?.Text), await KeptAsync(session with { HasServed = true }));
    }

    /// <summary>The connection stood idle before; that it had died unnoticed says nothing about mail or server. Nothing was sent, so the intent holds for another connection.</summary>
    private async Task<(Delivery, OpenSession)> SendAgainAsync(OutgoingMail mail, Delivery lost, OpenSession session)
    {
        await sessions.DropAsync(session);
        try
        {
            var fresh = await sessions.TakeAsync(fresh: true, leave);
            return (await fresh.Session.SendAsync(mail, static _ => ValueTask.FromResult(true), leave), fresh);
        }
        catch (SendFaultException fault)
        {
            Unopened(fault.Failure);
            return (lost with { Failure = fault.Failure }, session);
        }
    }

    private void Judge(Delivery delivery)
    {
        lock (_gate)
        {
            if (delivery.End == DeliveryEnd.Accepted) (_served, _losses) = (true, 0);
            else if (delivery.End is DeliveryEnd.LostBefore && ++_losses >= MostLosses) _trouble ??= delivery.Failure;
            if (delivery.Trouble != SendTrouble.None) _trouble ??= delivery.Failure;
        }
    }

    /// <summary>The first connection finds out for all whether there is a server and whether the login serves: a wrong password is tried once.</summary>
    private void Opened()
    {
        _opened = true;
        MoreLanes();
    }

    private void Unopened(SendFailure failure)
    {
        lock (_gate) (_trouble, _unopened) = (_trouble ?? failure, true);
    }

    private async Task<OpenSession?> KeptAsync(OpenSession session)
    {
        if (session.Session.IsUsable) return session;
        await sessions.DropAsync(session);
        return null;
    }

    private async Task SettleAsync(MailOutcome outcome)
    {
        await commits.SubmitAsync(outcome, null);
        _due.Done(outcome.Mail);
    }

    /// <summary>The next mail and a place under the limits for it; null: the round is over.</summary>
    private async Task<OutgoingMail?> TakeAsync()
    {
        while (IsOn())
        {
            if (_due.TryTake(Reserve) is { } mail) return mail;
            lock (_gate) if (_paced is not null) return null;
            if (!await _due.RefillAsync()) return null;
        }

        return null;
    }

    private bool Reserve()
    {
        if (!IsOn()) return false;
        if (pacer.TryReserve(out var wait)) return true;
        lock (_gate) _paced = ports.Time.GetUtcNow() + wait;
        return false;
    }

    private void PutBack(OutgoingMail mail)
    {
        pacer.Return();
        _due.Done(mail);
    }

    private bool IsOn()
    {
        lock (_gate) return _trouble is null && !stop.IsCancellationRequested;
    }

    private void MoreLanes()
    {
        if (_due.InHand == 0) return; // asked outside of the lock: a mail is taken under the other one, which asks for this one
        lock (_gate)
        {
            if (_lanes.Count < ports.Options.Connections) _lanes.Add(Task.Run(LaneAsync, CancellationToken.None));
        }
    }
}

/// <summary>Why a round ended.</summary>
/// <param name="Trouble">The server cannot be used now; null: nothing more is due.</param>
/// <param name="Unopened">No session could be opened: that was an attempt for every mail that is due.</param>
/// <param name="HasServed">It accepted a mail in this round.</param>
/// <param name="LookAt">When there is something to do again; null: when woken.</param>
internal sealed record RoundEnd(SendFailure? Trouble, bool Unopened, bool HasServed, DateTimeOffset? LookAt);
