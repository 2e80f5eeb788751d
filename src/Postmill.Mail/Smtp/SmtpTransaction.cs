using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp.Content;

namespace Postmill.Mail.Smtp;

/// <summary>
/// One mail on one session, RFC 5321 section 3.3. MailKit asks line by line; the guard sends the lines of an envelope ahead where the server lets us (RFC 2920).
/// <code>
///   check ─► [RSET] MAIL RCPT … ─► beforeContent ─► DATA ─► 354 ─► content, dot ─► reply
/// </code>
/// </summary>
internal sealed class SmtpTransaction(GuardedSmtpClient client, SmtpGuardedStream guard, SmtpExtensions extensions, SmtpEnvelope envelope, SmtpPayload payload, SmtpShape shape)
{
    private readonly RecipientTable _recipients = new(envelope.Recipients);
    private SmtpPhase _phase = SmtpPhase.Check;
    private SmtpReply? _mailRefused;

    /// <summary>Whether MAIL was said; the server counts it.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Whether the server may still hold an envelope, so that RSET has to come before the next one.</summary>
    public bool LeavesOpen { get; private set; }

    public async Task<SmtpDelivery> RunAsync(bool resetFirst, Func<CancellationToken, ValueTask<bool>> beforeContent, CancellationToken cancellationToken)
    {
        if (EnvelopeCheck.Of(envelope, shape, extensions, _recipients) is { } reason) return RefusedByUs(reason);
        SmtpDelivery? refused;
        try
        {
            refused = await NameAsync(resetFirst, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e, cancellationToken))
        {
            return _mailRefused is null ? Lost(e) : Refused(_mailRefused);
        }
        if (refused is not null) return refused;
        if (!await beforeContent(cancellationToken).ConfigureAwait(false)) return Withdrawn();
        try
        {
            return await DeliverAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e, cancellationToken))
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
    private async ValueTask<SmtpDelivery?> NameAsync(bool resetFirst, CancellationToken cancellationToken)
    {
        _phase = SmtpPhase.Mail;
        for (var next = resetFirst ? EnvelopeLine.Reset : EnvelopeLine.Mail; next < _recipients.Count;)
        {
            var (first, lines) = (next, Batch(ref next));
            if (lines.Count > 1)
            {
                var octets = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\r\n")));
                await guard.WriteAheadAsync(octets, octets.Length, cancellationToken).ConfigureAwait(false);
            }
            foreach (var line in lines)
            {
                _phase = first < 0 ? SmtpPhase.Mail : SmtpPhase.Rcpt;
                var reply = await client.AskAsync(line, cancellationToken).ConfigureAwait(false);
                if (reply.Code == SmtpReply.ServiceClosing) return Refused(_mailRefused ?? reply);
                Take(first, reply);
                first = _recipients.After(first);
            }
            if (_mailRefused is not null) return Refused(_mailRefused);
        }
        return _recipients.AnyAccepted ? null : Refused(_recipients.Refusal);
    }

    /// <summary>The next lines that may go out before their replies are read.</summary>
    private List<string> Batch(ref int next)
    {
        var most = extensions.Pipelining ? SmtpLimits.PipelinedCommands : 1;
        var lines = new List<string>();
        for (var length = 0; next < _recipients.Count && lines.Count < most && length < SmtpLimits.PipelinedBytes; next = _recipients.After(next))
        {
            lines.Add(next switch
            {
                EnvelopeLine.Reset => "RSET",
                EnvelopeLine.Mail => EnvelopeLine.OfMail(envelope, _recipients, shape, extensions),
                _ => EnvelopeLine.OfRecipient(envelope.Recipients[next], extensions),
            });
            length += lines[^1].Length;
            if (next == EnvelopeLine.Mail) IsBegun = LeavesOpen = true;
        }
        return lines;
    }

    private void Take(int command, SmtpReply reply)
    {
        if (command >= 0)
        {
            if (_mailRefused is null) _recipients.Take(command, reply);
            return;
        }
        if (reply.IsPositive) return;
        if (command == EnvelopeLine.Reset) throw guard.Fail(MailFault.ProtocolError, $"The server refused RSET: {reply.Code} {reply.Text}");
        _mailRefused = reply;
        LeavesOpen = false;
    }

    private async Task<SmtpDelivery> DeliverAsync(CancellationToken cancellationToken)
    {
        _phase = SmtpPhase.Data;
        var go = await client.AskAsync("DATA", cancellationToken).ConfigureAwait(false);
        if (!go.IsIntermediate) return Refused(go);
        _phase = SmtpPhase.Content;
        SmtpReply reply;
        try
        {
            await new ContentWriter(guard, payload, shape).RunAsync(cancellationToken).ConfigureAwait(false);
            // The guard has been listening since the first block and ends that when the caller cancels; a reply that is here already counts, cancelled or not.
            reply = await client.AskAsync(ContentWriter.Dot, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Also where the payload failed: a content without its end cannot be accepted.
            guard.Abort();
            if (guard.EarlyRefusal is { } early) return Refused(early);
            throw;
        }
        LeavesOpen = false;
        return reply.IsPositive ? new SmtpDelivery(SmtpDeliveryKind.Accepted, SmtpPhase.Content, _recipients.All) { Reply = reply } : Refused(reply);
    }

    private SmtpDelivery Refused(SmtpReply reply)
    {
        var phase = ReferenceEquals(reply, _mailRefused) ? SmtpPhase.Mail : _phase;
        // Where all recipients were refused each has its own reply, and one that may work later is reason enough to try again.
        if (phase != SmtpPhase.Rcpt || reply.Code == SmtpReply.ServiceClosing) _recipients.RefuseRest(phase, reply);
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
        guard.Abort();
        _recipients.Unsettle();
        var handedOver = _phase == SmtpPhase.Content && guard.HandedOver;
        return new SmtpDelivery(SmtpDeliveryKind.Lost, _phase, _recipients.All)
        {
            Fault = (e as MailServerException)?.Fault,
            OutcomeUnknown = handedOver,
            IsTransient = !handedOver,
            Message = e.Message,
        };
    }

    // Anything else is the caller's: what its payload or its beforeContent throws.
    private static bool IsLoss(Exception e, CancellationToken cancellationToken) => e is MailServerException || e is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
