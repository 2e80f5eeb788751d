using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Postmill.Host.Sockets;

/// <summary>UTF-8 that arrives in pieces, RFC 6455 section 8.1 and RFC 3629.</summary>
internal static class WebSocketText
{
    private const int LongestSequence = 4;

    /// <summary>
    /// Says how much of <paramref name="bytes"/> is whole, valid characters; fewer than four bytes of a character that may still be
    /// completed may remain. Returns -1 as soon as no continuation could make it valid.
    /// </summary>
    public static int ValidPrefix(ReadOnlySpan<byte> bytes)
    {
        var whole = bytes.Length - OpenTail(bytes);
        return Utf8.IsValid(bytes[..whole]) ? whole : -1;
    }

    /// <summary>Cuts at a character so that at most <paramref name="most"/> bytes remain.</summary>
    public static byte[] Truncate(string text, int most)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length <= most) return bytes;
        var end = most;
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) end--;
        return bytes[..end];
    }

    private static int OpenTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back < LongestSequence && back <= bytes.Length; back++)
        {
            if ((bytes[^back] & 0xC0) == 0x80) continue;
            return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
