using System.Diagnostics.CodeAnalysis;
using MimeKit.IO;
using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// Makes a mail of a value by MimeKit (RFC 5322, RFC 2045–2049, 2047, 2183, 2231, 2387, 6532). Pure: the same value gives the same octets; MimeKit's
/// clock and its random ids are not asked. Nothing a value holds can begin a field of its own or end a part: control characters are refused wherever
/// they could.
/// </summary>
public static class MessageComposer
{
    /// <summary>Composes a mail, or says why not; the first reason in the order of <see cref="OutgoingField"/>, roughly.</summary>
    /// <param name="message">What to write.</param>
    /// <param name="composed">The mail; null when it is refused.</param>
    /// <param name="refusal">The reason; null when it is composed.</param>
    /// <param name="limits">Bounds; <see cref="OutgoingLimits.Default"/> when null.</param>
    public static bool TryCompose(
        OutgoingMessage message,
        [NotNullWhen(true)] out ComposedMessage? composed,
        [NotNullWhen(false)] out OutgoingRefusal? refusal,
        OutgoingLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        limits ??= OutgoingLimits.Default;
        composed = null;
        refusal = new OutgoingRules(message, limits).Check();
        if (refusal is not null)
            return false;
        var id = OutgoingText.WithoutBrackets(message.MessageId);
        var mail = MailHeader.Write(message, limits);
        var body = new MailBody(message, id);
        mail.Body = body.Root;
        var length = LengthWithoutFiles(mail) + body.FileOctets;
        if (length <= limits.MessageBytes)
        {
            body.Attach();
            composed = new ComposedMessage(mail, length, body.IsInMemory, id, NeedsUtf8(message));
            return true;
        }
        refusal = new OutgoingRefusal(OutgoingField.Message, null, $"the mail as it is sent has more than {limits.MessageBytes} bytes", TooLarge: true);
        return false;
    }

    private static long LengthWithoutFiles(Kit.MimeMessage mail)
    {
        using var measured = new MeasuringStream();
        mail.WriteTo(WireFormat.Options, measured);
        return measured.Length;
    }

    private static bool NeedsUtf8(OutgoingMessage message) =>
        message.From.Concat(message.To).Concat(message.Cc).Concat(message.ReplyTo).Append(message.Sender).OfType<MailAddress>()
            .Any(mailbox => !AddrSpec.OfChecked(mailbox.Address).IsAscii);
}
