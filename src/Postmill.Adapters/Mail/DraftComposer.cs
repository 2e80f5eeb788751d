using System.Security.Cryptography;
using Postmill.Domain.Messages;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Adapters.Mail;

/// <summary>From a draft to the octets that go out, their envelope, and the id that both keep for good.</summary>
internal sealed class DraftComposer(SendOptions options, SigningKeys keys)
{
    /// <summary>Composes the mail, or says why it cannot be one.</summary>
    /// <param name="from">The account's address, with the name that is shown.</param>
    public (ComposedDraft? Mail, SendOutcome? Refusal) Compose(OutgoingDraft draft, MailAddressValue from, DateTimeOffset now)
    {
        if (!AddrSpec.TryParse(from.Email, out var author)) return (null, new SendOutcome.Invalid("from", null, "must be an address that mail can come from"));
        var messageId = MessageIdMaker.Make(author, RandomNumberGenerator.GetBytes(MessageIdMaker.RandomBytes));
        if (Bcc(draft) is { } bcc) return (null, bcc);
        var limits = OutgoingLimits.Default with { MessageBytes = options.LargestMail };
        if (!MessageComposer.TryCompose(Message(draft, from, messageId, now), out var composed, out var refusal, limits)) return (null, Refused(refusal));
        // An address that is hidden from the others may need SMTPUTF8 as well.
        var everybody = draft.Everybody.Select(address => AddrSpec.TryParse(address.Email, out var spec) ? spec : throw new InvalidOperationException("the composer checked it")).ToList();
        var raw = keys.Sign(composed.ToArray(), author.Domain, now);
        return (new ComposedDraft(raw, messageId, author.ToString(), [.. everybody.Select(spec => spec.ToString())], everybody.Append(author).Any(spec => !spec.IsAscii)), null);
    }

    private static OutgoingMessage Message(OutgoingDraft draft, MailAddressValue from, string messageId, DateTimeOffset now) => new()
    {
        From = [Address(from)],
        To = Addresses(draft.To),
        Cc = Addresses(draft.Cc),
        ReplyTo = Addresses(draft.ReplyTo),
        Subject = draft.Subject,
        Date = draft.SendAt > now ? draft.SendAt.Value : now,
        MessageId = messageId,
        InReplyTo = draft.InReplyTo is { } answered ? [answered] : [],
        References = draft.References.Count == 0 && draft.InReplyTo is { } only ? [only] : draft.References,
        Text = draft.Text,
        Html = draft.Html,
        Attachments =
        [
            .. draft.Attachments.Select(attachment => new Postmill.Mail.Mime.Writing.OutgoingAttachment(OutgoingContent.Of(attachment.Content))
            {
                FileName = attachment.FileName,
                ContentType = attachment.ContentType,
                ContentId = attachment.ContentId,
                Inline = attachment.Inline,
            }),
        ],
        Headers = [.. draft.Headers.Select(header => new MimeHeaderField(header.Key, header.Value))],
    };

    private static SendOutcome.Invalid? Bcc(OutgoingDraft draft)
    {
        for (var at = 0; at < draft.Bcc.Count; at++)
            if (!AddrSpec.TryParse(draft.Bcc[at].Email, out _)) return new SendOutcome.Invalid("bcc", at, "must be a mail address");
        return null;
    }

    private static SendOutcome Refused(OutgoingRefusal refusal) => refusal.TooLarge
        ? new SendOutcome.TooLarge(refusal.Reason)
        : new SendOutcome.Invalid(Word(refusal.Field), refusal.Index, refusal.Reason);

    private static string Word(OutgoingField field) => field switch
    {
        OutgoingField.From => "from",
        OutgoingField.Sender => "sender",
        OutgoingField.To => "to",
        OutgoingField.Cc => "cc",
        OutgoingField.ReplyTo => "reply_to",
        OutgoingField.Subject => "subject",
        OutgoingField.MessageId => "message_id",
        OutgoingField.InReplyTo => "in_reply_to",
        OutgoingField.References => "references",
        OutgoingField.Text => "text",
        OutgoingField.Html => "html",
        OutgoingField.Attachments => "attachments",
        OutgoingField.Headers => "headers",
        OutgoingField.Message => "message",
    };

    private static MailAddress Address(MailAddressValue address) => new(string.IsNullOrEmpty(address.Name) ? null : address.Name, address.Email);

    private static IReadOnlyList<MailAddress> Addresses(IReadOnlyList<MailAddressValue> addresses) => [.. addresses.Select(Address)];
}

/// <param name="Recipients">Everybody in the envelope, in the order of To, Cc, Bcc.</param>
/// <param name="NeedsUtf8">RFC 6531: an address of mail or envelope is not ASCII.</param>
internal sealed record ComposedDraft(byte[] Raw, string MessageId, string EnvelopeFrom, IReadOnlyList<string> Recipients, bool NeedsUtf8);
