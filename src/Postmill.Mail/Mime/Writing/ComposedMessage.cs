using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// A mail ready to go (RFC 5322): CRLF line ends, no line above 998 octets, ASCII throughout unless <see cref="NeedsUtf8"/>. Its exact length is
/// known before it is written; contents of attachments are encoded while they are written, a piece at a time. It can be written any number of times,
/// also at the same time.
/// </summary>
public sealed class ComposedMessage
{
    private readonly Kit.MimeMessage _mail;

    internal ComposedMessage(Kit.MimeMessage mail, long length, bool isInMemory, string messageId, bool needsUtf8)
    {
        _mail = mail;
        Length = length;
        IsInMemory = isInMemory;
        MessageId = messageId;
        NeedsUtf8 = needsUtf8;
    }

    /// <summary>Octets of the mail as written; what SIZE (RFC 1870) is told.</summary>
    public long Length { get; }

    /// <summary>
    /// Whether an address has a local part beyond ASCII: then it stands there in UTF-8 (RFC 6532) and a server must have SMTPUTF8 (RFC 6531). 8BITMIME
    /// is never needed otherwise.
    /// </summary>
    public bool NeedsUtf8 { get; }

    /// <summary>The Message-ID without angle brackets.</summary>
    public string MessageId { get; }

    /// <summary>Whether no content must be opened, so that <see cref="ToArray"/> can be used.</summary>
    public bool IsInMemory { get; }

    /// <summary>Writes the mail.</summary>
    /// <exception cref="InvalidDataException">A content's stream gave fewer or more octets than it was said to; what was written so far is no mail.</exception>
    public Task WriteToAsync(Stream to, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        return _mail.WriteToAsync(WireFormat.Options, to, cancellationToken);
    }

    /// <summary>A mail that <see cref="IsInMemory"/> as one array.</summary>
    public byte[] ToArray()
    {
        if (!IsInMemory)
            throw new InvalidOperationException("A content must be opened; write the mail to a stream.");
        var octets = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        using var to = new MemoryStream(octets);
        _mail.WriteTo(WireFormat.Options, to);
        return to.Position == Length ? octets : throw new InvalidOperationException($"A mail of {Length} bytes was written as {to.Position}.");
    }
}
