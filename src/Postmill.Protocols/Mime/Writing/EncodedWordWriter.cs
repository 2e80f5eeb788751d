using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>RFC 2047: text as encoded words of UTF-8, Q where that is not a third longer than B, each of whole characters (section 5: a word
/// decodes by itself).</summary>
internal static class EncodedWordWriter
{
    private const int Overhead = 12;

    // What may stand for itself in a Q word inside a phrase (RFC 2047 section 5 rule 3), the narrowest place there is.
    private static readonly SearchValues<byte> Literal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/"u8);

    public static void Write(FieldWriter field, string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        var quoted = 0;
        foreach (var octet in octets)
            quoted += Width(octet);
        var inQ = quoted * 3 <= Base64.GetMaxEncodedToUtf8Length(octets.Length) * 4;
        Span<byte> word = stackalloc byte[80];
        for (ReadOnlySpan<byte> rest = octets; !rest.IsEmpty;)
        {
            var room = field.RoomForWord() - Overhead;
            var taken = inQ ? FitsQ(rest, room) : FitsB(rest, room);
            (inQ ? "=?utf-8?Q?"u8 : "=?utf-8?B?"u8).CopyTo(word);
            var length = 10 + (inQ ? Q(rest[..taken], word[10..]) : B(rest[..taken], word[10..]));
            "?="u8.CopyTo(word[length..]);
            field.Word(word[..(length + 2)]);
            rest = rest[taken..];
        }
    }

    private static int Width(byte octet) => octet == ' ' || Literal.Contains(octet) ? 1 : 3;

    private static int FitsQ(ReadOnlySpan<byte> rest, int room)
    {
        var taken = 0;
        while (taken < rest.Length)
        {
            var length = CharacterLength(rest[taken..]);
            foreach (var octet in rest.Slice(taken, length))
                room -= Width(octet);
            if (room < 0)
                break;
            taken += length;
        }
        return taken;
    }

    private static int FitsB(ReadOnlySpan<byte> rest, int room)
    {
        var taken = Math.Min(room / 4 * 3, rest.Length);
        while (taken < rest.Length && (rest[taken] & 0xC0) == 0x80)
            taken--;
        return taken;
    }

    private static int CharacterLength(ReadOnlySpan<byte> rest)
    {
        var length = 1;
        while (length < rest.Length && (rest[length] & 0xC0) == 0x80)
            length++;
        return length;
    }

    private static int Q(ReadOnlySpan<byte> octets, Span<byte> to)
    {
        var at = 0;
        foreach (var octet in octets)
        {
            if (Width(octet) == 1)
            {
                to[at++] = octet == ' ' ? (byte)'_' : octet;
                continue;
            }
            to[at++] = (byte)'=';
            Convert.TryToHexString([octet], to.Slice(at, 2), out _);
            at += 2;
        }
        return at;
    }

    private static int B(ReadOnlySpan<byte> octets, Span<byte> to)
    {
        Base64.EncodeToUtf8(octets, to, out _, out var written);
        return written;
    }
}
