using System.Buffers.Text;
using System.Text;

namespace Postmill.Mail.Imap;

/// <summary>The encoding of mailbox names in IMAP4rev1 (RFC 3501 §5.1.3).</summary>
public static class ModifiedUtf7
{
    /// <summary>Encodes; printable ASCII stays, <c>&amp;</c> becomes <c>&amp;-</c>, the rest is base64 of UTF-16BE.</summary>
    public static string Encode(string text)
    {
        var wire = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '&') wire.Append("&-");
            else if (text[i] is >= ' ' and <= '~') wire.Append(text[i]);
            else
            {
                var end = i;
                while (end < text.Length && text[end] is < ' ' or > '~') end++;
                var run = Encoding.BigEndianUnicode.GetBytes(text[i..end]);
                wire.Append('&').Append(Convert.ToBase64String(run).TrimEnd('=').Replace('/', ',')).Append('-');
                i = end;
                continue;
            }
            i++;
        }
        return wire.ToString();
    }

    /// <summary>Decodes, or null when the text is not the encoding (some servers send raw 8-bit names or a bare <c>&amp;</c>).</summary>
    public static string? TryDecode(string wire)
    {
        var text = new StringBuilder(wire.Length);
        for (var i = 0; i < wire.Length; i++)
        {
            if (wire[i] is < ' ' or > '~') return null;
            if (wire[i] != '&')
            {
                text.Append(wire[i]);
                continue;
            }
            var end = wire.IndexOf('-', i);
            if (end < 0) return null;
            if (end == i + 1) text.Append('&');
            else if (!TryDecodeRun(wire.AsSpan(i + 1, end - i - 1), text)) return null;
            i = end;
        }
        return text.ToString();
    }

    private static bool TryDecodeRun(ReadOnlySpan<char> base64, StringBuilder text)
    {
        Span<byte> ascii = new byte[(base64.Length + 3) / 4 * 4];
        for (var i = 0; i < base64.Length; i++)
        {
            if (base64[i] is '=' or '/' or > '~') return false;
            ascii[i] = (byte)(base64[i] == ',' ? '/' : base64[i]);
        }
        ascii[base64.Length..].Fill((byte)'=');
        var status = Base64.DecodeFromUtf8InPlace(ascii, out var count);
        if (status != System.Buffers.OperationStatus.Done || count % 2 != 0) return false;
        // A lone surrogate becomes U+FFFD: the text is for people, the wire form is what is sent back.
        text.Append(Encoding.BigEndianUnicode.GetString(ascii[..count]));
        return true;
    }
}
