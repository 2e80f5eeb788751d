using System.Text;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>The lines of an envelope, by number: RSET, MAIL, then RCPT for each recipient from 0 on (RFC 5321 sections 4.1.1.2, 4.1.1.3).</summary>
internal static class EnvelopeCommand
{
    public const int Reset = -2;
    public const int Mail = -1;

    public static void QueueMail(SmtpWire wire, SmtpEnvelope envelope, RecipientTable recipients, SmtpShape shape, SmtpExtensions extensions)
    {
        wire.Put("MAIL FROM:<"u8);
        wire.Put(envelope.From);
        wire.Put(">"u8);
        if (extensions.Size)
        {
            wire.Put(" SIZE="u8);
            wire.Put(shape.Octets);
        }
        if (shape.HasEightBit) wire.Put(" BODY=8BITMIME"u8);
        if (NeedsUtf8(envelope, recipients)) wire.Put(" SMTPUTF8"u8);
        if (extensions.Dsn) PutReports(wire, envelope);
        wire.EndLine(SmtpLimits.EnvelopeLineBytes);
    }

    public static void QueueRcpt(SmtpWire wire, SmtpRecipient recipient, SmtpExtensions extensions)
    {
        wire.Put("RCPT TO:<"u8);
        wire.Put(recipient.Address);
        wire.Put(">"u8);
        if (extensions.Dsn) PutReports(wire, recipient);
        wire.EndLine(SmtpLimits.EnvelopeLineBytes);
    }

    private static bool NeedsUtf8(SmtpEnvelope envelope, RecipientTable recipients)
    {
        if (envelope.NeedsUtf8 || !Ascii.IsValid(envelope.From)) return true;
        for (var i = recipients.After(-1); i < recipients.Count; i = recipients.After(i))
            if (!Ascii.IsValid(envelope.Recipients[i].Address)) return true;
        return false;
    }

    private static void PutReports(SmtpWire wire, SmtpEnvelope envelope)
    {
        if (envelope.Return != SmtpReturn.None) wire.Put(envelope.Return == SmtpReturn.Full ? " RET=FULL"u8 : " RET=HDRS"u8);
        if (envelope.EnvelopeId is null) return;
        wire.Put(" ENVID="u8);
        wire.Put(Xtext.Encode(envelope.EnvelopeId));
    }

    private static void PutReports(SmtpWire wire, SmtpRecipient recipient)
    {
        if (recipient.Notify.HasFlag(SmtpNotify.Never)) wire.Put(" NOTIFY=NEVER"u8);
        else if (recipient.Notify != SmtpNotify.None) PutNotify(wire, recipient.Notify);
        if (recipient.OriginalRecipient is not { Length: > 0 } original) return;
        var encoded = Xtext.OriginalRecipient(original);
        if (encoded.Length > SmtpLimits.OriginalRecipientBytes) return;
        wire.Put(" ORCPT="u8);
        wire.Put(encoded);
    }

    private static void PutNotify(SmtpWire wire, SmtpNotify notify)
    {
        wire.Put(" NOTIFY="u8);
        var first = true;
        foreach (var (flag, word) in new[] { (SmtpNotify.Success, "SUCCESS"), (SmtpNotify.Failure, "FAILURE"), (SmtpNotify.Delay, "DELAY") })
        {
            if (!notify.HasFlag(flag)) continue;
            if (!first) wire.Put(","u8);
            wire.Put(word);
            first = false;
        }
    }
}
