using Postmill.Mail.Smtp.Content;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Contents, what they are on the wire, and what a server makes of that; each written as plainly as can be.</summary>
internal static class ContentWire
{
    /// <summary>The encoder's output, fed and drained in pieces of the given sizes, each at least 2.</summary>
    public static byte[] Encode(byte[] content, Func<int> piece)
    {
        var encoder = new ContentEncoder();
        var wire = new List<byte>();
        for (var at = 0; at < content.Length;)
        {
            var input = content.AsSpan(at, Math.Min(piece(), content.Length - at));
            Span<byte> output = new byte[piece()];
            encoder.Encode(input, output, out var consumed, out var written);
            wire.AddRange(output[..written]);
            at += consumed;
        }
        Span<byte> end = new byte[ContentEncoder.FinishBytes];
        wire.AddRange(end[..encoder.Finish(end)]);
        return [.. wire];
    }

    /// <summary>Every CR, LF or CRLF is a line end, and the last line has one.</summary>
    public static byte[] Normal(byte[] content)
    {
        var normal = new List<byte>();
        for (var i = 0; i < content.Length; i++)
        {
            if (content[i] is not ((byte)'\r' or (byte)'\n'))
            {
                normal.Add(content[i]);
                continue;
            }
            if (content[i] == '\r' && i + 1 < content.Length && content[i + 1] == '\n') i++;
            normal.AddRange("\r\n"u8);
        }
        if (normal.Count > 0 && normal is not [.., (byte)'\r', (byte)'\n']) normal.AddRange("\r\n"u8);
        return [.. normal];
    }

    /// <summary>What a server reads until the final dot; null when there is none, or something after it.</summary>
    public static byte[]? Decode(byte[] wire)
    {
        var content = new List<byte>();
        for (var at = 0; at < wire.Length;)
        {
            var length = wire.AsSpan(at).IndexOf("\r\n"u8) + 2;
            if (length < 2) return null;
            var line = wire.AsSpan(at, length);
            at += length;
            if (line.SequenceEqual(".\r\n"u8)) return at == wire.Length ? [.. content] : null;
            content.AddRange(line[0] == '.' ? line[1..] : line);
        }
        return null;
    }

    /// <summary>Whether a CR or LF stands alone.</summary>
    public static bool HasLoneLineEnd(byte[] wire)
    {
        for (var i = 0; i < wire.Length; i++)
        {
            if (wire[i] == '\n' && (i == 0 || wire[i - 1] != '\r')) return true;
            if (wire[i] == '\r' && (i + 1 == wire.Length || wire[i + 1] != '\n')) return true;
        }
        return false;
    }
}
