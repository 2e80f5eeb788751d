using System.Globalization;
using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>The fields of RFC 5322 section 3.6 from checked values, in the order they stand in.</summary>
internal static class MailHeader
{
    // Columns that a name may have behind "Reply-To: ", for there is no fold in quotes; a longer one is encoded, because encoded words fold anywhere.
    private const int LongestPlainName = WireFormat.Columns - 10;

    /// <summary>A mail with its fields and no body.</summary>
    public static Kit.MimeMessage Write(OutgoingMessage message, OutgoingLimits limits)
    {
        // Not the constructor without arguments: it asks the clock for a date and draws a Message-ID.
        var mail = new Kit.MimeMessage(new Kit.HeaderList());
        mail.Headers.Add(RawField.OnOneLine("Date", Date(message.Date)));
        AddMailboxes("From", message.From);
        AddMailboxes("Sender", message.Sender is { } sender ? [sender] : []);
        AddMailboxes("Reply-To", message.ReplyTo);
        AddMailboxes("To", message.To);
        // All recipients may be hidden; servers and filters still expect a destination.
        if (message.To.Count == 0 && message.Cc.Count == 0)
            mail.Headers.Add(RawField.OnOneLine("To", "undisclosed-recipients:;"));
        AddMailboxes("Cc", message.Cc);
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

        void AddMailboxes(string name, IReadOnlyList<MailAddress> mailboxes)
        {
            if (mailboxes.Count > 0)
                mail.Headers.Add(Mailboxes(name, mailboxes));
        }
    }

    /// <summary>Ids as they are: MimeKit leaves out what it cannot read, and an answer must name what a stranger wrote.</summary>
    public static RawField Ids(string name, IEnumerable<string> ids) => RawField.Folded(name, [.. ids.Select(id => $"<{OutgoingText.WithoutBrackets(id)}>")]);

    // MimeKit writes a zone of -03:30 as "-03-30".
    private static string Date(DateTimeOffset date)
    {
        var sign = date.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{date:ddd, d MMM yyyy HH:mm:ss} {sign}{date.Offset.Duration():hhmm}");
    }

    // MimeKit folds no name that fits on a line of its own and does not count the comma behind an address: lines beyond 78 columns, beyond 76 with encoded words.
    private static RawField Mailboxes(string name, IReadOnlyList<MailAddress> mailboxes)
    {
        var tokens = new List<string>();
        foreach (var mailbox in mailboxes)
        {
            if (tokens.Count > 0)
                tokens[^1] += ",";
            var address = AddrSpec.OfChecked(mailbox.Address).ToString();
            if (mailbox.Name?.Trim() is { Length: > 0 } shown)
                tokens.AddRange([.. Phrase(shown), $"<{address}>"]);
            else
                tokens.Add(address);
        }
        return RawField.Folded(name, tokens);
    }

    // RFC 5322 section 3.2.5. Dots are quoted: they are in obsolete phrases only.
    private static IReadOnlyList<string> Phrase(string name)
    {
        var quoted = OutgoingText.Quoted(name);
        var words = name.Split(' ');
        if (!OutgoingText.IsPlain(name) || quoted.Length > LongestPlainName || words.Contains(""))
            return EncodedWordList.Of(name);
        return words.All(word => word.All(AddrSpec.IsAtomText)) ? words : [quoted];
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
