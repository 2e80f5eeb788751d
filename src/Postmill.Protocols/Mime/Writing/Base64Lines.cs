using System.Buffers;
using System.Buffers.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>Base64 in lines of 76 (RFC 2045 section 6.8). A line end stands between lines, none behind the last: it belongs to what follows.</summary>
internal static class Base64Lines
{
    /// <summary>Octets in that make one line.</summary>
    public const int LineOctets = 57;

    private const int LineColumns = 76;

    /// <summary>Octets that <paramref name="octets"/> octets become.</summary>
    public static long LengthOf(long octets)
    {
        var columns = (octets + 2) / 3 * 4;
        return columns == 0 ? 0 : columns + ((columns - 1) / LineColumns * 2);
    }

    /// <summary>Encodes a piece, whole lines unless it is the last. Asks the writer for at most some 64 KiB at once.</summary>
    public static void Write(ReadOnlySpan<byte> octets, bool first, IBufferWriter<byte> to)
    {
        const int Lines = 800;
        while (!octets.IsEmpty)
        {
            var piece = octets[..Math.Min(octets.Length, Lines * LineOctets)];
            var written = Write(piece, first, to.GetSpan(Lines * (LineColumns + 2)));
            to.Advance(written);
            octets = octets[piece.Length..];
            first = false;
        }
    }

    /// <summary>The same into a span that is large enough; returns what was written.</summary>
    public static int Write(ReadOnlySpan<byte> octets, bool first, Span<byte> to)
    {
        var at = 0;
        while (!octets.IsEmpty)
        {
            if (!first)
            {
                "\r\n"u8.CopyTo(to[at..]);
                at += 2;
            }
            var line = octets[..Math.Min(octets.Length, LineOctets)];
            Base64.EncodeToUtf8(line, to[at..], out _, out var written);
            at += written;
            octets = octets[line.Length..];
            first = false;
        }
        return at;
    }
}
