using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Postmill.Protocols.Mime;
using Postmill.Protocols.Mime.Writing;

namespace Postmill.Protocols.Dkim;

/// <summary>
/// Signs mails for a domain (RFC 6376): rsa-sha256, relaxed/relaxed, the whole body, every field of <see cref="SignedFields"/> that is there, From once
/// more than it is, so that none can be added (section 8.15). The mail itself is not changed: the signature is a field to be written before it.
/// </summary>
public sealed class DkimSigner
{
    private readonly string _domain;
    private readonly string _selector;
    private readonly DkimKey _key;

    private DkimSigner(string domain, string selector, DkimKey key) => (_domain, _selector, _key) = (domain, selector, key);

    /// <summary>Fields that are signed (RFC 6376 section 5.4.1), those of one-click unsubscription among them (RFC 8058 section 4).</summary>
    public static IReadOnlyList<string> SignedFields { get; } =
    [
        "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Content-ID", "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted",
    ];

    /// <summary>A signer, or what is wrong with its names.</summary>
    /// <param name="domain">The signing domain (d=), IDN allowed. Receivers that align look for the domain of From (RFC 7489).</param>
    /// <param name="selector">The selector (s=), labels with dots between.</param>
    /// <param name="key">The key, which the caller keeps and disposes.</param>
    /// <param name="signer">The signer; null when a name is none.</param>
    /// <param name="reason">Which name is none.</param>
    public static bool TryCreate(
        string domain, string selector, DkimKey key, [NotNullWhen(true)] out DkimSigner? signer, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(key);
        signer = null;
        reason = null;
        if (!AddrSpec.TryParse($"postmaster@{domain}", out var address) || address.Domain.StartsWith('['))
            reason = "This is no domain.";
        else if (!IsSelector(selector))
            reason = "A selector is labels of ASCII letters, digits and hyphens with dots between.";
        else
            signer = new DkimSigner(address.Domain.ToLowerInvariant(), selector, key);
        return signer is not null;
    }

    /// <summary>Signs a mail in memory.</summary>
    /// <param name="message">The mail with CRLF line ends.</param>
    /// <param name="at">When (t=).</param>
    /// <returns>The DKIM-Signature field with its line end, to stand before the mail.</returns>
    public byte[] Sign(ReadOnlyMemory<byte> message, DateTimeOffset at)
    {
        var fields = Fields(message, out var bodyStart);
        using var body = new RelaxedBodyHash();
        body.Append(message.Span[bodyStart..]);
        return Sign(message, fields, body.Finish(), at);
    }

    private static bool IsSelector(string selector) =>
        selector is { Length: > 0 and <= DkimLimits.SelectorChars } && AddrSpec.TryParse($"postmaster@{selector}", out var labels) && labels.Domain == selector
        && !selector.StartsWith('[');

    private static FieldRange[] Fields(ReadOnlyMemory<byte> message, out int bodyStart) =>
        new HeaderBlockReader(message, LineEnds.Of(message.Span), MimeLimits.Default, null).Read(0, null, out bodyStart, out _);

    private byte[] Sign(ReadOnlyMemory<byte> header, FieldRange[] fields, byte[] bodyHash, DateTimeOffset at)
    {
        using var signed = new ByteBuffer(4 << 10);
        var names = new List<string>();
        foreach (var name in SignedFields)
            Take(header.Span, fields, name, names, signed);
        var field = new SignatureField(_domain, _selector, names, bodyHash, at);
        RelaxedHeader.Write(SignatureField.Name, field.ValueWithoutSignature, signed);
        return field.With(_key.Sign(SHA256.HashData(signed.Written)));
    }

    // Of several fields of one name the last is taken first (section 5.4.2).
    private static void Take(ReadOnlySpan<byte> header, FieldRange[] fields, string name, List<string> names, ByteBuffer signed)
    {
        for (var i = fields.Length - 1; i >= 0; i--)
        {
            var written = header.Slice(fields[i].NameStart, fields[i].NameLength);
            if (!Ascii.EqualsIgnoreCase(written, name))
                continue;
            names.Add(name);
            RelaxedHeader.Write(written, header.Slice(fields[i].ValueStart, fields[i].ValueLength), signed);
            signed.Append("\r\n"u8);
        }
        if (name == "From")
            names.Add(name);
    }
}
