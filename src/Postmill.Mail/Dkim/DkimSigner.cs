using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Postmill.Mail.Mime;
using Postmill.Mail.Mime.Writing;
using Kit = MimeKit;

namespace Postmill.Mail.Dkim;

/// <summary>
/// Signs mails for a domain by MimeKit (RFC 6376): rsa-sha256, relaxed/relaxed, the whole body, every field of <see cref="SignedFields"/> that is there,
/// From once more than it is, so that none can be added (section 8.15). What is signed are the octets that are stored and sent, not a mail written
/// anew; they are not changed, the signature is a field to be written before them.
/// </summary>
public sealed class DkimSigner
{
    private readonly string _domain;
    private readonly string _selector;
    private readonly DkimKey _key;

    private DkimSigner(string domain, string selector, DkimKey key) => (_domain, _selector, _key) = (domain, selector, key);

    /// <summary>Fields that are signed (RFC 6376 section 5.4.1), those of one-click unsubscription among them (RFC 8058 section 4).</summary>
    public static ImmutableArray<string> SignedFields { get; } =
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
    /// <param name="message">The mail as it is sent, with CRLF line ends.</param>
    /// <param name="at">When (t=).</param>
    /// <returns>The DKIM-Signature field with its line end, to stand before the mail.</returns>
    public byte[] Sign(ReadOnlyMemory<byte> message, DateTimeOffset at)
    {
        var fields = new HeaderBlockReader(message, LineEnds.Of(message.Span), MimeLimits.Default, null).Read(0, null, out var bodyStart, out _);
        var body = new StoredBody(message[bodyStart..]);
        var header = new Kit.HeaderList();
        var names = new List<string>();
        foreach (var field in fields)
            Take(message.Span, field, header, body.Headers, names);
        names.Add("From");
        using var mail = new Kit.MimeMessage(header) { Body = body };
        var signer = new PlatformSigner(_domain, _selector, _key, at);
        signer.Sign(mail, [.. names.OrderBy(name => SignedFields.IndexOf(name))]);
        return Written(mail.Headers[0]);
    }

    /// <summary>
    /// The same for a composed mail, its contents opened once more for it. It is held whole meanwhile: MimeKit hashes a body without a wait, and a thread
    /// that waits for a stream in its place would be blocked by it.
    /// </summary>
    /// <exception cref="InvalidDataException">As <see cref="ComposedMessage.WriteToAsync"/> says.</exception>
    public async Task<byte[]> SignAsync(ComposedMessage message, DateTimeOffset at, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var octets = GC.AllocateUninitializedArray<byte>(checked((int)message.Length));
        using var written = new MemoryStream(octets);
        await message.WriteToAsync(written, cancellationToken).ConfigureAwait(false);
        return Sign(octets, at);
    }

    private static bool IsSelector(string selector) =>
        selector is { Length: > 0 and <= DkimLimits.SelectorChars } && AddrSpec.TryParse($"postmaster@{selector}", out var labels) && labels.Domain == selector
        && !selector.StartsWith('[');

    // MimeKit looks for a field of the body among the body's own.
    private static void Take(ReadOnlySpan<byte> message, FieldRange field, Kit.HeaderList header, Kit.HeaderList ofBody, List<string> names)
    {
        var written = Encoding.ASCII.GetString(message.Slice(field.NameStart, field.NameLength));
        if (SignedFields.FirstOrDefault(name => name.Equals(written, StringComparison.OrdinalIgnoreCase)) is not { } signed)
            return;
        var taken = new RawField(written, [.. message.Slice(field.ValueStart, field.ValueLength), .. "\r\n"u8]);
        (signed.StartsWith("Content-", StringComparison.Ordinal) ? ofBody : header).Add(taken);
        names.Add(signed);
    }

    // Folded as it was signed; only the line ends are the platform's.
    private static byte[] Written(Kit.Header signature) =>
        Encoding.ASCII.GetBytes($"{signature.Field}:{Encoding.ASCII.GetString(signature.RawValue).ReplaceLineEndings("\r\n")}");
}
