using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sending;

/// <summary>
/// Why and how long an account's sending stands still, and what that means for its mails. Belongs to the worker's loop; what a person does comes from elsewhere and is taken up by the next look.
/// </summary>
internal sealed class SendStandstill(OwnedAccount account, SendPorts ports)
{
    /// <summary>Mails of one look that are told how long they wait; a backlog is not written anew at every throttling.</summary>
    private const int MostHeld = 1_000;

    private readonly Lock _gate = new();
    private SendPause? _pause;
    private Lift _asked;
    private bool _isLifted;
    // An owner before may have left mails without a time.
    private bool _parks = account.Mail.Waits;

    /// <summary>A person wants a mail tried now: the server is asked once, whatever it said before.</summary>
    public void AskOnce() => Ask(Lift.Once);

    /// <summary>New credentials, or such that were just seen to serve: nothing stands in the way any more, as far as one can know.</summary>
    public void AskAll() => Ask(Lift.All);

    /// <summary>Until when nothing is sent; null: it may. Mails that came since wait as the others do, and say why.</summary>
    public async Task<DateTimeOffset?> UntilAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await LiftAsync(now, cancellationToken);
        if (_pause is not { } pause || _isLifted || pause.Until <= now) return null;
        await ports.Outbox.DeferAsync(account.Claim, pause, MostHeld, counts: false, now, cancellationToken);
        return pause.Until;
    }

    /// <param name="unopened">No session could be opened: that was an attempt for every mail that is due.</param>
    public async Task<SendPause> BeginAsync(SendFailure failure, bool unopened, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var pause = _isLifted && _pause is { } before ? before.Resumed(failure, now) : SendPause.After(_pause, failure, now);
        (_pause, _isLifted) = (pause, false);
        _parks |= pause.NeedsPerson;
        ports.Metrics.Paused(failure.Code);
        // Where a session was open, the mails that met the trouble have counted it themselves.
        var all = unopened || pause.NeedsPerson;
        await ports.Outbox.DeferAsync(account.Claim, pause, all ? int.MaxValue : MostHeld, counts: unopened && !pause.NeedsPerson, now, cancellationToken);
        return pause;
    }

    /// <summary>The server accepted a mail: what stood still goes on. False: nothing did.</summary>
    public async Task<bool> EndAsync(CancellationToken cancellationToken)
    {
        if (_pause is null && !_parks) return false;
        await ports.Outbox.UnparkAsync(account.Claim, _pause?.Until, ports.Time.GetUtcNow(), cancellationToken);
        (_pause, _isLifted, _parks) = (null, false, false);
        return true;
    }

    private void Ask(Lift lift)
    {
        lock (_gate) if (lift > _asked) _asked = lift;
    }

    private async Task LiftAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        Lift asked;
        lock (_gate) asked = _asked;
        if (asked == Lift.Once) _isLifted = true;
        if (asked == Lift.All)
        {
            await ports.Outbox.UnparkAsync(account.Claim, _pause?.Until, now, cancellationToken);
            (_pause, _isLifted, _parks) = (null, false, false);
        }

        // Only now: where storage failed, the rows are as they were, and the next look does it.
        lock (_gate) if (_asked == asked) _asked = Lift.Nothing;
    }

    private enum Lift { Nothing, Once, All }
}
