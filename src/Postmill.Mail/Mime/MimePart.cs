using System.Globalization;

namespace Postmill.Mail.Mime;

/// <summary>
/// One entity (RFC 2045 section 2.4) as ranges over the message's octets. A part lies within its parent's body; the line end before a boundary
/// belongs to the boundary.
/// </summary>
public sealed class MimePart
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly MimeLimits _limits;
    private readonly List<MimePart> _children = [];
    private readonly ParameterizedValue _contentType;
    private readonly int _index;
    private ParameterizedValue? _disposition;
    private string? _path;

    internal MimePart(ReadOnlyMemory<byte> raw, MimePart? parent, MimeHeaders headers, ParameterizedValue contentType, string type, int headerOffset, MimeLimits limits)
    {
        _raw = raw;
        _limits = limits;
        _contentType = contentType;
        _index = parent?._children.Count + 1 ?? 1;
        Parent = parent;
        Headers = headers;
        ContentType = type;
        HeaderOffset = headerOffset;
        Encoding = TransferEncodings.Normal(ParameterizedValue.Read(headers.FirstRaw("Content-Transfer-Encoding").Span, limits).Value);
        parent?._children.Add(this);
    }

    /// <summary>
    /// The section number of RFC 3501 section 6.4.5, unique in the message: "1" for a root that is no multipart, "" for a multipart root, "1", "1.2" …
    /// for its parts. The message inside a message/rfc822 part "2" has its parts at "2.1", "2.2" …; where it is a multipart, that multipart itself,
    /// which IMAP gives no number, is "2.TEXT" (the section that fetches its body).
    /// </summary>
    public string Path => _path ??= BuildPath();

    /// <summary>The part this one lies in; null for the root.</summary>
    public MimePart? Parent { get; }

    /// <summary>Parts of a multipart, or the one message inside a message/rfc822.</summary>
    public IReadOnlyList<MimePart> Children => _children;

    /// <summary>The part's header fields.</summary>
    public MimeHeaders Headers { get; }

    /// <summary>Where the header block starts, in octets from the start of the message.</summary>
    public long HeaderOffset { get; }

    /// <summary>Octets of the header block, its blank line included.</summary>
    public long HeaderLength { get; private set; }

    /// <summary>Where the body starts.</summary>
    public long BodyOffset { get; private set; }

    /// <summary>Octets of the body, still encoded.</summary>
    public long BodyLength { get; private set; }

    /// <summary>"type/subtype" in lower case; text/plain where none is given, message/rfc822 inside multipart/digest.</summary>
    public string ContentType { get; }

    /// <summary>Parameters of the Content-Type, decoded, names without case.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _contentType.Parameters;

    /// <summary>The charset parameter as written; null when absent.</summary>
    public string? Charset => Parameters.TryGetValue("charset", out var charset) && charset.Length > 0 ? charset : null;

    /// <summary>The Content-Transfer-Encoding in lower case, misspellings folded; 7bit where none is given.</summary>
    public string Encoding { get; }

    /// <summary>The name a sender gave the part, safe as a file name: last path component, no control characters, bounded; null when there is none.</summary>
    public string? FileName => FileNames.Safe(
        DispositionValue.Parameters.GetValueOrDefault("filename") is { Length: > 0 } name ? name : Parameters.GetValueOrDefault("name"), _limits);

    /// <summary>The disposition (RFC 2183) in lower case; null when absent.</summary>
    public string? Disposition => DispositionValue.Value is { Length: > 0 } value ? value : null;

    /// <summary>The Content-ID without angle brackets; null when absent.</summary>
    public string? ContentId => MessageIds.First(Headers.FirstRaw("Content-ID").Span, _limits);

    /// <summary>Whether the type is multipart/*.</summary>
    public bool IsMultipart => ContentType.StartsWith("multipart/", StringComparison.Ordinal);

    /// <summary>Whether a person would call this an attachment of the message it lies in.</summary>
    public bool IsAttachment { get; internal set; }

    /// <summary>The body as it stands in the message, still encoded.</summary>
    public ReadOnlyMemory<byte> Body => _raw.Slice((int)BodyOffset, (int)BodyLength);

    internal bool IsText => ContentType.StartsWith("text/", StringComparison.Ordinal);

    internal bool IsHtml => ContentType == "text/html";

    internal bool IsMessage => ContentType is "message/rfc822" or "message/global" or "message/news";

    /// <summary>A multipart in whose body no boundary was ever found: what it holds can only be shown as text.</summary>
    internal bool IsUndivided { get; set; }

    private ParameterizedValue DispositionValue => _disposition ??= ParameterizedValue.Read(Headers.FirstRaw("Content-Disposition").Span, _limits);

    /// <summary>Sets the ranges once the end is known; the end never lies before the part's own start.</summary>
    internal void SetRanges(int bodyStart, int contentEnd)
    {
        var end = Math.Max(contentEnd, (int)HeaderOffset);
        BodyOffset = Math.Min(bodyStart, end);
        HeaderLength = BodyOffset - HeaderOffset;
        BodyLength = end - BodyOffset;
    }

    private string BuildPath()
    {
        if (Parent is null)
            return IsMultipart ? "" : "1";
        if (!Parent.IsMultipart)
            return Parent.Path + (IsMultipart ? ".TEXT" : ".1");
        var container = Parent.Parent is { IsMultipart: false } message ? message.Path : Parent.Path;
        var number = _index.ToString(CultureInfo.InvariantCulture);
        return container.Length == 0 ? number : container + "." + number;
    }
}
