namespace Postmill.Mail.Smtp;

/// <summary>What is known of each recipient while a mail is on its way.</summary>
internal sealed class RecipientTable
{
    private readonly SmtpRecipientOutcome[] _all;

    public RecipientTable(IReadOnlyList<SmtpRecipient> recipients)
    {
        _all = new SmtpRecipientOutcome[recipients.Count];
        for (var i = 0; i < _all.Length; i++) _all[i] = new SmtpRecipientOutcome(recipients[i], SmtpVerdict.Unsettled, SmtpPhase.Check, null);
    }

    public IReadOnlyList<SmtpRecipientOutcome> All => _all;

    public int Count => _all.Length;

    public bool AnyAccepted { get; private set; }

    /// <summary>Whether we keep one from the server.</summary>
    public bool IsLeftOut(int recipient) => _all[recipient].RefusedByUs is not null;

    /// <summary>The next one to be named; <see cref="Count"/> after the last.</summary>
    public int After(int recipient)
    {
        do recipient++;
        while (recipient >= 0 && recipient < _all.Length && IsLeftOut(recipient));
        return recipient;
    }

    public void Take(int recipient, SmtpReply reply)
    {
        AnyAccepted |= reply.IsPositive;
        _all[recipient] = _all[recipient] with { Verdict = VerdictOf(reply), Phase = SmtpPhase.Rcpt, Reply = reply };
    }

    public void LeaveOut(int recipient, SmtpRefusedByUs reason) =>
        _all[recipient] = _all[recipient] with { Verdict = reason.IsTransient() ? SmtpVerdict.RefusedForNow : SmtpVerdict.RefusedForGood, RefusedByUs = reason };

    /// <summary>The refusal that stands for all: one for now if there is one, else the last.</summary>
    public SmtpReply Refusal => Array.FindLast(_all, one => one is { Verdict: SmtpVerdict.RefusedForNow, Reply: not null }).Reply
        ?? Array.FindLast(_all, one => one.Reply is not null).Reply!;

    /// <summary>The mail was refused: so is everyone who was not refused before.</summary>
    public void RefuseRest(SmtpPhase phase, SmtpReply reply)
    {
        for (var i = 0; i < _all.Length; i++)
            if (!IsRefused(i)) _all[i] = _all[i] with { Verdict = VerdictOf(reply), Phase = phase, Reply = reply };
    }

    public void RefuseByUs(SmtpRefusedByUs reason)
    {
        for (var i = 0; i < _all.Length; i++)
            if (!IsRefused(i)) LeaveOut(i, reason);
    }

    /// <summary>What was accepted for the mail means nothing without the mail.</summary>
    public void Unsettle()
    {
        for (var i = 0; i < _all.Length; i++)
            if (!IsRefused(i)) _all[i] = _all[i] with { Verdict = SmtpVerdict.Unsettled };
    }

    private bool IsRefused(int i) => _all[i].Verdict is SmtpVerdict.RefusedForNow or SmtpVerdict.RefusedForGood;

    private static SmtpVerdict VerdictOf(SmtpReply reply) =>
        reply.IsPositive ? SmtpVerdict.Accepted : reply.IsTransient ? SmtpVerdict.RefusedForNow : SmtpVerdict.RefusedForGood;
}
