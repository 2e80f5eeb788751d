using Postmill.Protocols.Net;
using Postmill.Protocols.Smtp.Commands;
using Postmill.Protocols.Smtp.Content;

namespace Postmill.Protocols.Smtp;

/// <summary>
/// One mail on one session, RFC 5321 section 3.3.
/// <code>
///   check ─► [RSET] MAIL RCPT … ─► beforeContent ─┬─► DATA ─► 354 ─► content, dot ─┬─► reply
///                                                 └─► BDAT LAST, content ──────────┘
/// </code>
/// </summary>
internal sealed class SmtpTransaction(SmtpWire wire, SmtpExtensions extensions, SmtpOptions options, SmtpEnvelope envelope, SmtpPayload payload, SmtpShape shape)
{
    private readonly RecipientTable _recipients = new(envelope.Recipients);
    private readonly MailTimeouts _timeouts = options.Transport.Timeouts;
    private readonly bool _byBdat = extensions.Chunking && options.UseChunking;
    private SmtpPhase _phase = SmtpPhase.Check;
    private SmtpReply? _mailRefused;
    private bool _handedOver;

    /// <summary>Whether MAIL was said; the server counts it.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Whether the server may still hold an envelope, so that RSET has to come before the next one.</summary>
    public bool LeavesOpen { get; private set; }

    public async Task<SmtpDelivery> RunAsync(bool resetFirst, Func<CancellationToken, ValueTask<bool>> beforeContent, CancellationToken ct)
    {
        if (EnvelopeCheck.Of(envelope, shape, extensions, _byBdat, _recipients) is { } reason) return RefusedByUs(reason);
        SmtpDelivery? refused;
        try
        {
            refused = await NameAsync(resetFirst, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e, ct))
        {
            return _mailRefused is null ? Lost(e) : Refused(_mailRefused);
        }
        if (refused is not null) return refused;
        if (!await beforeContent(ct).ConfigureAwait(false)) return Withdrawn();
        try
        {
            return await DeliverAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e, ct))
        {
            return Lost(e);
        }
    }

    public SmtpDelivery RefusedByUs(SmtpRefusedByUs reason)
    {
        _recipients.RefuseByUs(reason);
        return new SmtpDelivery(SmtpDeliveryKind.RefusedByUs, SmtpPhase.Check, _recipients.All)
        {
            RefusedByUs = reason,
            IsTransient = reason.IsTransient(),
            Message = $"The mail cannot be sent over this server: {reason.Name()}.",
        };
    }

    /// <summary>The envelope; null when a content may follow.</summary>
    private async ValueTask<SmtpDelivery?> NameAsync(bool resetFirst, CancellationToken ct)
    {
        _phase = SmtpPhase.Mail;
        using var step = wire.Begin("MAIL", _timeouts.Mail, ct);
        await wire.CheckSilenceAsync().ConfigureAwait(false);
        var most = extensions.Pipelining ? SmtpLimits.PipelinedCommands : 1;
        for (var next = resetFirst ? EnvelopeCommand.Reset : EnvelopeCommand.Mail; next < _recipients.Count;)
        {
            var first = next;
            for (var queued = 0; next < _recipients.Count && queued < most && wire.Queued < SmtpLimits.PipelinedBytes; next = _recipients.After(next), queued++) Queue(next);
            await wire.FlushAsync().ConfigureAwait(false);
            for (; first < next; first = _recipients.After(first))
            {
                _phase = first < 0 ? SmtpPhase.Mail : SmtpPhase.Rcpt;
                step.Restart(first < 0 ? _timeouts.Mail : _timeouts.Rcpt);
                var reply = await wire.ReadAnyAsync().ConfigureAwait(false);
                if (reply.Code == SmtpWire.ServiceClosing) return Refused(_mailRefused ?? reply);
                Take(first, reply);
            }
            if (_mailRefused is not null) return Refused(_mailRefused);
        }
        return _recipients.AnyAccepted ? null : Refused(_recipients.Refusal);
    }

    private void Queue(int command)
    {
        switch (command)
        {
            case EnvelopeCommand.Reset:
                wire.Queue("RSET");
                break;
            case EnvelopeCommand.Mail:
                EnvelopeCommand.QueueMail(wire, envelope, _recipients, shape, extensions);
                IsBegun = LeavesOpen = true;
                break;
            default:
                EnvelopeCommand.QueueRcpt(wire, envelope.Recipients[command], extensions);
                break;
        }
    }

    private void Take(int command, SmtpReply reply)
    {
        if (reply.IsIntermediate) throw wire.Transport.Fail(MailFault.ProtocolError, $"The server answers the envelope with {reply.Code}.");
        if (command >= 0)
        {
            if (_mailRefused is null) _recipients.Take(command, reply);
            return;
        }
        if (reply.IsPositive) return;
        if (command == EnvelopeCommand.Reset) throw wire.Transport.Fail(MailFault.ProtocolError, $"The server refused RSET: {reply.Code} {reply.Text}");
        _mailRefused = reply;
        LeavesOpen = false;
    }

    private async Task<SmtpDelivery> DeliverAsync(CancellationToken ct)
    {
        if (!_byBdat && await AskForDataAsync(ct).ConfigureAwait(false) is { } refused) return refused;
        _phase = SmtpPhase.Content;
        var sender = new ContentSender(wire, payload, shape, _byBdat);
        SmtpReply reply;
        try
        {
            reply = await sender.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            _handedOver = sender.HandedOver;
        }
        if (reply.IsIntermediate) throw wire.Transport.Fail(MailFault.ProtocolError, $"The server answers the content with {reply.Code}.");
        // RFC 3030 section 2: after a refused BDAT only RSET makes the session certain again.
        LeavesOpen = _byBdat && !reply.IsPositive;
        if (!reply.IsPositive) return Refused(reply);
        return new SmtpDelivery(SmtpDeliveryKind.Accepted, SmtpPhase.Content, _recipients.All) { Reply = reply };
    }

    private async ValueTask<SmtpDelivery?> AskForDataAsync(CancellationToken ct)
    {
        _phase = SmtpPhase.Data;
        using var step = wire.Begin("DATA", _timeouts.Data, ct);
        await wire.CheckSilenceAsync().ConfigureAwait(false);
        wire.Queue("DATA");
        await wire.FlushAsync().ConfigureAwait(false);
        var reply = await wire.ReadAnyAsync().ConfigureAwait(false);
        if (reply.IsPositive) throw wire.Transport.Fail(MailFault.ProtocolError, $"The server answers DATA with {reply.Code}.");
        return reply.IsIntermediate ? null : Refused(reply);
    }

    private SmtpDelivery Refused(SmtpReply reply)
    {
        var phase = ReferenceEquals(reply, _mailRefused) ? SmtpPhase.Mail : _phase;
        // Where all recipients were refused each has its own reply, and one that may work later is reason enough to try again.
        if (phase != SmtpPhase.Rcpt || reply.Code == SmtpWire.ServiceClosing) _recipients.RefuseRest(phase, reply);
        return new SmtpDelivery(SmtpDeliveryKind.Refused, phase, _recipients.All) { Reply = reply, IsTransient = reply.IsTransient };
    }

    private SmtpDelivery Withdrawn()
    {
        _recipients.Unsettle();
        return new SmtpDelivery(SmtpDeliveryKind.Withdrawn, _phase, _recipients.All) { IsTransient = true, Message = "Withdrawn before its content was sent." };
    }

    private SmtpDelivery Lost(Exception e)
    {
        // Also a cancellation that came between two steps: the session is over, whoever is asked.
        wire.Transport.Abort();
        _recipients.Unsettle();
        return new SmtpDelivery(SmtpDeliveryKind.Lost, _phase, _recipients.All)
        {
            Fault = (e as MailServerException)?.Fault,
            OutcomeUnknown = _handedOver,
            IsTransient = !_handedOver,
            Message = e.Message,
        };
    }

    // Anything else is the caller's: what its payload or its beforeContent throws.
    private static bool IsLoss(Exception e, CancellationToken ct) => e is MailServerException || e is OperationCanceledException && ct.IsCancellationRequested;
}
