using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>
/// A mail as values (RFC 5322, RFC 2045–2049, 2047, 2183, 2231, 3676, 6532). Reading never throws on any octets, is linear in them and bounded by
/// <see cref="MimeLimits"/>; the structure is read at once, everything else when asked for. Keeps a reference to the octets, which must not change.
/// No text given out holds U+0000 or a lone surrogate.
/// </summary>
public sealed class MimeMessage
{
    // Characters of attachment names in the search text, so that names cannot push out the body.
    private const int MaxSearchNames = 8 << 10;

    private readonly MimeLimits _limits;
    private readonly BodySelection _body;
    private Dictionary<MimePart, string>? _plain;
    private int _htmlRead;
    private IReadOnlyList<MailAddress>? _from, _sender, _to, _cc, _bcc, _replyTo;
    private (bool Read, string? Value) _text, _html, _subject, _messageId;

    private MimeMessage(List<MimePart> parts, List<MimeDefect> defects, MimeLimits limits)
    {
        _limits = limits;
        Parts = parts;
        Defects = defects;
        _body = BodySelection.Of(parts[0]);
        foreach (var part in parts)
        {
            if (part.Parent is { IsMultipart: false })
                BodySelection.Of(part);
        }
    }

    /// <summary>The outermost part.</summary>
    public MimePart Root => Parts[0];

    /// <summary>All parts, depth first, the root first; those of messages inside included.</summary>
    public IReadOnlyList<MimePart> Parts { get; }

    /// <summary>The header fields of the mail.</summary>
    public MimeHeaders Headers => Root.Headers;

    /// <summary>The decoded subject; null when absent.</summary>
    public string? Subject => Once(ref _subject, m => m.Headers.First("Subject"));

    /// <summary>The Message-ID without angle brackets, bounded; null when absent.</summary>
    public string? MessageId => Once(ref _messageId, m => MessageIds.First(m.Headers.FirstRaw("Message-ID").Span, m._limits));

    /// <summary>Ids of In-Reply-To.</summary>
    public IReadOnlyList<string> InReplyTo => MessageIds.All(Headers.FirstRaw("In-Reply-To").Span, _limits);

    /// <summary>Ids of References, oldest first.</summary>
    public IReadOnlyList<string> References => MessageIds.All(Headers.FirstRaw("References").Span, _limits);

    /// <summary>The Date field, read tolerantly; null when it names no possible instant. An offset beyond 14 hours is given in UTC.</summary>
    public DateTimeOffset? Date => MailDates.Parse(Headers.FirstRaw("Date").Span);

    /// <summary>Mailboxes of From.</summary>
    public IReadOnlyList<MailAddress> From => _from ??= Addresses("From");

    /// <summary>Mailboxes of Sender.</summary>
    public IReadOnlyList<MailAddress> Sender => _sender ??= Addresses("Sender");

    /// <summary>Mailboxes of all To fields.</summary>
    public IReadOnlyList<MailAddress> To => _to ??= Addresses("To");

    /// <summary>Mailboxes of all Cc fields.</summary>
    public IReadOnlyList<MailAddress> Cc => _cc ??= Addresses("Cc");

    /// <summary>Mailboxes of all Bcc fields.</summary>
    public IReadOnlyList<MailAddress> Bcc => _bcc ??= Addresses("Bcc");

    /// <summary>Mailboxes of Reply-To.</summary>
    public IReadOnlyList<MailAddress> ReplyTo => _replyTo ??= Addresses("Reply-To");

    /// <summary>Whether a person would say the mail has an attachment; what lies inside an enclosed message does not count.</summary>
    public bool HasAttachments => _body.Attachments.Count > 0;

    /// <summary>
    /// The plain text a reader shows, line ends LF; null when the mail has none. Of alternatives the plain one, several text parts joined, HTML
    /// between them stripped; attachments and enclosed messages left out.
    /// </summary>
    public string? Text => Once(ref _text, m => BodyText.JoinPlain(m._body.Text, m._limits));

    /// <summary>The HTML a reader shows, unsafe as any mail's; null when the mail has none. Plain parts between HTML parts come escaped.</summary>
    public string? Html => Once(ref _html, m => BodyText.JoinHtml(m._body.Html, m._limits));

    /// <summary>What was wrong with the mail, bounded.</summary>
    public IReadOnlyList<MimeDefect> Defects { get; }

    /// <summary>Reads a mail. Never throws on any octets.</summary>
    public static MimeMessage Parse(ReadOnlyMemory<byte> raw, MimeLimits? limits = null)
    {
        limits ??= MimeLimits.Default;
        var (parts, defects) = MimeStructureReader.Read(raw, limits);
        return new MimeMessage(parts, defects, limits);
    }

    /// <summary>The first words of the body on one line, at most <paramref name="maxChars"/> characters; empty when there is no text.</summary>
    public string Snippet(int maxChars)
    {
        foreach (var part in _body.Text.Concat(_body.Html))
        {
            if (BodyText.IsText(part) && SnippetText.Of(Plain(part), maxChars) is { Length: > 0 } snippet)
                return snippet;
        }
        return "";
    }

    /// <summary>What search looks at: plain text, text of the HTML, attachment names; at most <paramref name="maxChars"/> characters.</summary>
    public string SearchText(int maxChars)
    {
        var names = string.Join('\n', _body.Attachments.Select(p => p.FileName).OfType<string>().Take(_limits.MaxParts));
        names = StorableText.Cut(names, Math.Min(MaxSearchNames, maxChars));
        var text = new StringBuilder();
        foreach (var part in _body.Text.Concat(_body.Html).Where(BodyText.IsText).Distinct())
        {
            if (text.Length >= maxChars - names.Length)
                break;
            text.Append(Plain(part)).Append('\n');
        }
        var body = StorableText.Cut(text.ToString(), Math.Max(0, maxChars - names.Length - 1));
        return names.Length == 0 ? body.TrimEnd('\n') : body + names;
    }

    private string Plain(MimePart part)
    {
        _plain ??= [];
        if (!_plain.TryGetValue(part, out var text))
            _plain.Add(part, text = part.IsHtml ? PlainHtml(part) : BodyText.Plain(part, _limits.MaxSearchTextBytes));
        return text;
    }

    // A mail of thousands of HTML parts without a word in them would be read whole.
    private string PlainHtml(MimePart part)
    {
        var most = Math.Min(_limits.MaxSearchTextBytes, _limits.MaxSearchHtmlBytes - _htmlRead);
        _htmlRead += (int)Math.Min(most, part.BodyLength);
        return most == 0 ? "" : BodyText.Plain(part, most);
    }

    private List<MailAddress> Addresses(string name)
    {
        var addresses = new List<MailAddress>();
        var left = _limits.MaxAddressListBytes;
        foreach (var value in Headers.AllRaw(name))
        {
            var list = value.Span[..Math.Min(value.Length, left)];
            left -= list.Length;
            MailAddresses.Read(list, System.Text.Unicode.Utf8.IsValid(value.Span) ? null : Headers.FallbackCharset, _limits, addresses);
        }
        return addresses;
    }

    private string? Once(ref (bool Read, string? Value) cache, Func<MimeMessage, string?> read)
    {
        if (!cache.Read)
            cache = (true, read(this));
        return cache.Value;
    }
}
