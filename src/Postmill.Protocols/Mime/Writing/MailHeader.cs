using System.Globalization;
using System.Text;
using Kit = MimeKit;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>The fields of RFC 5322 section 3.6 from checked values, in the order they stand in.</summary>
internal static class MailHeader
{
    // A name up to this is written as it is; a longer one is encoded, because encoded words fold anywhere.
    private const int LongestPlainName = 72;

    /// <summary>A mail with its fields and no body.</summary>
    public static Kit.MimeMessage Write(OutgoingMessage message, OutgoingLimits limits)
    {
        // Not the constructor without arguments: it asks the clock for a date and draws a Message-ID.
        var mail = new Kit.MimeMessage(new Kit.HeaderList());
        mail.Headers.Add(RawField.OnOneLine("Date", Date(message.Date)));
        mail.From.AddRange(message.From.Select(Mailbox));
        if (message.Sender is { } sender)
            mail.Sender = Mailbox(sender);
        mail.ReplyTo.AddRange(message.ReplyTo.Select(Mailbox));
        mail.To.AddRange(message.To.Select(Mailbox));
        // All recipients may be hidden; servers and filters still expect a destination.
        if (message.To.Count == 0 && message.Cc.Count == 0)
            mail.Headers.Add(RawField.OnOneLine("To", "undisclosed-recipients:;"));
        mail.Cc.AddRange(message.Cc.Select(Mailbox));
        if (message.Subject.Length > 0)
            mail.Headers.Add(RawField.Text("Subject", message.Subject));
        mail.Headers.Add(Ids("Message-ID", [message.MessageId]));
        if (message.InReplyTo.Count > 0)
            mail.Headers.Add(Ids("In-Reply-To", message.InReplyTo));
        if (message.References.Count > 0)
            mail.Headers.Add(Ids("References", Latest(message.References, limits.References)));
        foreach (var header in message.Headers)
            mail.Headers.Add(Further(header));
        mail.Headers.Add(RawField.OnOneLine("MIME-Version", "1.0"));
        return mail;
    }

    /// <summary>Ids as they are: MimeKit leaves out what it cannot read, and an answer must name what a stranger wrote.</summary>
    public static RawField Ids(string name, IEnumerable<string> ids) => RawField.Folded(name, ids.Select(id => $"<{OutgoingText.WithoutBrackets(id)}>"));

    // MimeKit writes a zone of -03:30 as "-03-30".
    private static string Date(DateTimeOffset date)
    {
        var sign = date.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{date:ddd, d MMM yyyy HH:mm:ss} {sign}{date.Offset.Duration():hhmm}");
    }

    private static Kit.MailboxAddress Mailbox(MailAddress mailbox) =>
        new(Encoding.UTF8, Phrase(mailbox.Name?.Trim()), AddrSpec.OfChecked(mailbox.Address).ToString());

    // MimeKit quotes and folds; encoded words are atoms to it.
    private static string? Phrase(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        var isPlain = OutgoingText.IsPlain(name) && name.Length <= LongestPlainName && !name.Contains("  ", StringComparison.Ordinal);
        return isPlain ? name : string.Join(' ', EncodedWordList.Of(name));
    }

    private static RawField Further(MimeHeaderField field)
    {
        if (!HeaderRules.IsStructured(field.Name))
            return RawField.Text(field.Name, field.Value);
        var value = field.Value.Trim(' ');
        return HeaderRules.IsOnOneLine(field.Name)
            ? RawField.OnOneLine(field.Name, value)
            : RawField.Folded(field.Name, value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<string> Latest(IReadOnlyList<string> ids, int most) =>
        ids.Count <= most ? ids : ids.Take(1).Concat(ids.TakeLast(most - 1));
}
