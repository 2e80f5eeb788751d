using System.Security.Cryptography;
using System.Text;
using Postmill.Domain.Messages;
using Postmill.Mail.Mime;
using Postmill.Mail.Reports;

namespace Postmill.Adapters.Mail;

/// <summary>From bytes to what is stored: identity, metadata, the index of parts, text for search. Never throws on any bytes.</summary>
internal static class IncomingMailReader
{
    private const int SnippetChars = 200;
    private const int SearchChars = 100_000;
    private const int MostDefects = 20;

    // UTF-8 octets of a Message-ID that is kept, as many as a line has (RFC 5322 §2.1.1): the database's index takes about 2,700.
    private const int MessageIdBytes = 998;

    public static IncomingMail Read(uint uid, IReadOnlyList<string> flags, DateTimeOffset? receivedAt, ReadOnlyMemory<byte> raw)
    {
        var bare = new IncomingMail { Uid = uid, Flags = flags, ReceivedAt = receivedAt, Raw = raw, Sha256 = SHA256.HashData(raw.Span) };
        try
        {
            return Parsed(bare);
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            // The edge where one mail must not stop a mailbox: it is stored as it is and named in the audit log.
            return bare with { Defects = [$"unreadable: {bug.GetType().Name}"] };
        }
    }

    private static IncomingMail Parsed(IncomingMail bare)
    {
        var message = MimeMessage.Parse(bare.Raw);
        var parts = new PartIndex(message, bare.Raw);
        var report = MailReport.Read(message);
        return bare with
        {
            MessageId = Indexable(message.MessageId),
            ThreadRoot = message.References.Concat(message.InReplyTo).FirstOrDefault() ?? message.MessageId,
            Subject = message.Subject,
            From = Addresses(message.From),
            To = Addresses(message.To),
            Cc = Addresses(message.Cc),
            Bcc = Addresses(message.Bcc),
            ReplyTo = Addresses(message.ReplyTo),
            Date = message.Date,
            HasAttachments = message.HasAttachments,
            Snippet = message.Snippet(SnippetChars),
            SearchText = message.SearchText(SearchChars),
            Parts = parts.Read(),
            Answers = IncomingReports.Parents(message, report),
            Report = IncomingReports.Of(report),
            Defects = [.. message.Defects.Select(d => $"{d.Kind} at {d.Offset}").Concat(parts.Defects).Take(MostDefects)],
        };
    }

    private static string? Indexable(string? messageId)
    {
        if (messageId is null || Encoding.UTF8.GetByteCount(messageId) <= MessageIdBytes) return messageId;
        Encoding.UTF8.GetEncoder().Convert(messageId, new byte[MessageIdBytes], flush: false, out var chars, out _, out _);
        return messageId[..(char.IsHighSurrogate(messageId[chars - 1]) ? chars - 1 : chars)];
    }

    private static IReadOnlyList<MailAddressValue> Addresses(IReadOnlyList<MailAddress> addresses) =>
        addresses.Count == 0 ? [] : [.. addresses.Select(a => new MailAddressValue(a.Name, a.Address))];
}
