using System.Diagnostics.CodeAnalysis;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>
/// Makes a mail of a value (RFC 5322, RFC 2045–2049, 2047, 2183, 2231, 2387, 6532). Pure: the same value gives the same octets. Nothing a value holds
/// can begin a field of its own or end a part: control characters are refused wherever they could.
/// </summary>
public static class MessageComposer
{
    private const int FirstBufferBytes = 4 << 10;

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
        using var buffer = new ByteBuffer(FirstBufferBytes);
        var pieces = new PieceList(buffer);
        var field = new FieldWriter(buffer);
        var root = Entity.Of(message);
        WriteHeader(message, new HeaderFields(field), limits);
        new EntityWriter(pieces, field, Boundary.Stem(id, root)).WriteRoot(root);
        composed = new ComposedMessage(pieces.ToArray(), id, NeedsUtf8(message));
        if (composed.Length <= limits.MessageBytes)
            return true;
        composed = null;
        refusal = new OutgoingRefusal(OutgoingField.Message, null, $"the mail as it is sent has more than {limits.MessageBytes} bytes", TooLarge: true);
        return false;
    }

    private static void WriteHeader(OutgoingMessage message, HeaderFields fields, OutgoingLimits limits)
    {
        fields.Date(message.Date);
        fields.Mailboxes("From", message.From);
        if (message.Sender is { } sender)
            fields.Mailboxes("Sender", [sender]);
        fields.Mailboxes("Reply-To", message.ReplyTo);
        fields.Mailboxes("To", message.To);
        // All recipients may be hidden; servers and filters still expect a destination.
        if (message.To.Count == 0 && message.Cc.Count == 0)
            fields.Structured("To", "undisclosed-recipients:;", onOneLine: true);
        fields.Mailboxes("Cc", message.Cc);
        if (message.Subject.Length > 0)
            fields.Text("Subject", message.Subject);
        fields.Ids("Message-ID", [message.MessageId]);
        if (message.InReplyTo.Count > 0)
            fields.Ids("In-Reply-To", message.InReplyTo);
        if (message.References.Count > 0)
            fields.Ids("References", Latest(message.References, limits.References));
        foreach (var header in message.Headers)
        {
            if (HeaderRules.IsStructured(header.Name))
                fields.Structured(header.Name, header.Value, HeaderRules.IsOnOneLine(header.Name));
            else
                fields.Text(header.Name, header.Value);
        }
        fields.Structured("MIME-Version", "1.0", onOneLine: true);
    }

    private static IEnumerable<string> Latest(IReadOnlyList<string> ids, int most) =>
        ids.Count <= most ? ids : ids.Take(1).Concat(ids.TakeLast(most - 1));

    private static bool NeedsUtf8(OutgoingMessage message) =>
        message.From.Concat(message.To).Concat(message.Cc).Concat(message.ReplyTo).Append(message.Sender).OfType<MailAddress>()
            .Any(mailbox => !AddrSpec.OfChecked(mailbox.Address).IsAscii);
}
