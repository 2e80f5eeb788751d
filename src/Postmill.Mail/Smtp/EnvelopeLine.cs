using System.Globalization;
using System.Text;

namespace Postmill.Mail.Smtp;

/// <summary>
/// The lines of an envelope, by number: RSET, MAIL, then RCPT for each recipient from 0 on (RFC 5321 sections 4.1.1.2, 4.1.1.3). Addresses are
/// written as they were given; MailKit would decode the A-labels of one and leave out what it takes for a comment.
/// </summary>
internal static class EnvelopeLine
{
    public const int Reset = -2;
    public const int Mail = -1;

    public static string OfMail(SmtpEnvelope envelope, RecipientTable recipients, SmtpShape shape, SmtpExtensions extensions)
    {
        var line = new StringBuilder("MAIL FROM:<").Append(envelope.From).Append('>');
        if (extensions.Size) line.Append(CultureInfo.InvariantCulture, $" SIZE={shape.Octets}");
        if (shape.HasEightBit) line.Append(" BODY=8BITMIME");
        if (NeedsUtf8(envelope, recipients)) line.Append(" SMTPUTF8");
        if (extensions.Dsn)
        {
            if (envelope.Return != SmtpReturn.None) line.Append(envelope.Return == SmtpReturn.Full ? " RET=FULL" : " RET=HDRS");
            if (envelope.EnvelopeId is not null) line.Append(" ENVID=").Append(Xtext.Encode(envelope.EnvelopeId));
        }
        return OneLine(line.ToString());
    }

    public static string OfRecipient(SmtpRecipient recipient, SmtpExtensions extensions)
    {
        var line = new StringBuilder("RCPT TO:<").Append(recipient.Address).Append('>');
        if (!extensions.Dsn) return OneLine(line.ToString());
        if (recipient.Notify != SmtpNotify.None) line.Append(" NOTIFY=").Append(Words(recipient.Notify));
        if (recipient.OriginalRecipient is { Length: > 0 } original)
        {
            var encoded = Xtext.OriginalRecipient(original);
            if (encoded.Length <= SmtpLimits.OriginalRecipientBytes) line.Append(" ORCPT=").Append(encoded);
        }
        return OneLine(line.ToString());
    }

    private static bool NeedsUtf8(SmtpEnvelope envelope, RecipientTable recipients)
    {
        if (envelope.NeedsUtf8 || !Ascii.IsValid(envelope.From)) return true;
        for (var i = recipients.After(-1); i < recipients.Count; i = recipients.After(i))
            if (!Ascii.IsValid(envelope.Recipients[i].Address)) return true;
        return false;
    }

    // The names of the flags are the words of RFC 3461 section 4.1, in their order.
    private static string Words(SmtpNotify notify) =>
        notify.HasFlag(SmtpNotify.Never) ? "NEVER" : notify.ToString().Replace(", ", ",", StringComparison.Ordinal).ToUpperInvariant();

    // Whoever builds a line from someone's words has to refuse these before; on the wire they would become commands of their own.
    private static string OneLine(string line)
    {
        var isOne = !line.AsSpan().ContainsAny('\r', '\n', '\0') && Encoding.UTF8.GetByteCount(line) + 2 <= SmtpLimits.EnvelopeLineBytes;
        return isOne ? line : throw new ArgumentException($"Not one line of at most {SmtpLimits.EnvelopeLineBytes} bytes.");
    }
}
