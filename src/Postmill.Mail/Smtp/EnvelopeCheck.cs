using System.Text;

namespace Postmill.Mail.Smtp;

/// <summary>What can be known before the first word: whether this mail can go over this server.</summary>
internal static class EnvelopeCheck
{
    /// <summary>Why not; or null, with single recipients that cannot be named left out.</summary>
    public static SmtpRefusedByUs? Of(SmtpEnvelope envelope, SmtpShape shape, SmtpExtensions extensions, RecipientTable recipients)
    {
        if (OfMail(envelope, shape, extensions) is { } reason) return reason;
        var room = extensions.MaxRecipients ?? int.MaxValue;
        SmtpRefusedByUs? last = null;
        for (var i = 0; i < recipients.Count; i++)
        {
            var left = OfAddress(envelope.Recipients[i].Address, extensions) ?? (room-- > 0 ? null : SmtpRefusedByUs.TooManyRecipients);
            if (left is null) continue;
            recipients.LeaveOut(i, left.Value);
            last = left;
        }
        return recipients.After(-1) < recipients.Count ? null : last;
    }

    private static SmtpRefusedByUs? OfMail(SmtpEnvelope envelope, SmtpShape shape, SmtpExtensions extensions)
    {
        if (envelope.From.Length > 0 && OfAddress(envelope.From, extensions) is { } reason) return reason;
        if (envelope.NeedsUtf8 && !extensions.SmtpUtf8) return SmtpRefusedByUs.SmtpUtf8Unsupported;
        if (shape.HasEightBit && !extensions.EightBitMime) return SmtpRefusedByUs.EightBitUnsupported;
        if (shape.LongestLine > SmtpLimits.ContentLineBytes) return SmtpRefusedByUs.LineTooLong;
        return shape.Octets > extensions.MaxMessageBytes ? SmtpRefusedByUs.SizeExceeded : null;
    }

    private static SmtpRefusedByUs? OfAddress(string address, SmtpExtensions extensions)
    {
        if (!SmtpAddress.IsValid(address)) return SmtpRefusedByUs.AddressInvalid;
        return extensions.SmtpUtf8 || Ascii.IsValid(address) ? null : SmtpRefusedByUs.SmtpUtf8Unsupported;
    }
}
