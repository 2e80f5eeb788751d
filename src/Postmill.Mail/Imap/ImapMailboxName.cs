using System.Text;

namespace Postmill.Mail.Imap;

/// <summary>
/// A mailbox name. <see cref="Wire"/> is the truth, byte for byte as the server wrote it, and goes back to the server unchanged;
/// <see cref="Text"/> is for people. Trailing blanks, quotes, brackets and 8-bit garbage survive.
/// </summary>
public sealed record ImapMailboxName
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ImapMailboxName(string wire, string text)
    {
        Wire = wire;
        Text = text;
    }

    /// <summary>The mailbox that every account has (RFC 9051 §5.1).</summary>
    public static ImapMailboxName Inbox { get; } = new("INBOX", "INBOX");

    /// <summary>The bytes on the wire, one character (U+0001 to U+00FF) per byte.</summary>
    public string Wire { get; }

    /// <summary>The name decoded from modified UTF-7 or UTF-8.</summary>
    public string Text { get; }

    /// <summary>Whether it is INBOX, which alone is compared without regard to case.</summary>
    public bool IsInbox => Wire.Equals("INBOX", StringComparison.OrdinalIgnoreCase);

    /// <summary>From the bytes on the wire.</summary>
    /// <param name="wire">One character per byte.</param>
    /// <param name="utf8">Names are UTF-8 and not modified UTF-7 (IMAP4rev2 without IMAP4rev1).</param>
    public static ImapMailboxName FromWire(string wire, bool utf8 = false)
        => new(wire, (utf8 ? null : ModifiedUtf7.TryDecode(wire)) ?? TryDecodeUtf8(wire) ?? wire);

    /// <summary>From a text typed by a person.</summary>
    /// <param name="text">Any text without U+0000.</param>
    /// <param name="utf8">Names are UTF-8 and not modified UTF-7 (IMAP4rev2 without IMAP4rev1).</param>
    public static ImapMailboxName FromText(string text, bool utf8 = false)
        => new(utf8 ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)) : ModifiedUtf7.Encode(text), text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? TryDecodeUtf8(string wire)
    {
        try
        {
            return StrictUtf8.GetString(Encoding.Latin1.GetBytes(wire));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
