using System.Buffers;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// RFC 2047: text as encoded words of UTF-8, Q where that is not a third longer than B, each of whole characters (section 5: a word decodes by itself).
/// MimeKit's own are longer than 75 columns where letters of Latin-1 are many, and it writes text that looks like an encoded word as it is.
/// </summary>
internal static class EncodedWordList
{
    private const string InQ = "=?utf-8?Q?";
    private const string InB = "=?utf-8?B?";
    private const string End = "?=";

    // Short enough to stand behind a field's name or a comma on a line of 76, which is what section 2 wants of a line with encoded words.
    private const int WordColumns = 60;

    // What may stand for itself in a Q word inside a phrase (section 5 rule 3), the narrowest place there is.
    private static readonly SearchValues<byte> Literal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/"u8);

    /// <summary>The words, to be written with blanks or folds between them, which readers take out again.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        var inQ = octets.Sum(Width) * 3 <= (octets.Length + 2) / 3 * 16;
        var words = new List<string>();
        for (var at = 0; at < octets.Length;)
        {
            var taken = Fitting(octets.AsSpan(at), inQ);
            var piece = octets.AsSpan(at, taken);
            words.Add(inQ ? InQ + Quoted(piece) + End : InB + Convert.ToBase64String(piece) + End);
            at += taken;
        }
        return words;
    }

    private static int Width(byte octet) => octet == ' ' || Literal.Contains(octet) ? 1 : 3;

    // Cut behind a blank where there is one: a reader that shows the blank between two words (Python's, in names) then tears none of the text's own.
    private static int Fitting(ReadOnlySpan<byte> rest, bool inQ)
    {
        const int Room = WordColumns - 12;
        var taken = 0;
        var behindBlank = 0;
        var columns = 0;
        while (taken < rest.Length)
        {
            Rune.DecodeFromUtf8(rest[taken..], out _, out var length);
            foreach (var octet in rest.Slice(taken, length))
                columns += inQ ? Width(octet) : 0;
            if (columns > Room || (!inQ && taken + length > Room / 4 * 3))
                return behindBlank > 0 ? behindBlank : taken;
            taken += length;
            if (rest[taken - 1] == ' ')
                behindBlank = taken;
        }
        return taken;
    }

    private static string Quoted(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder();
        foreach (var octet in octets)
        {
            if (Width(octet) == 1)
                text.Append(octet == ' ' ? '_' : (char)octet);
            else
                text.Append('=').Append(Convert.ToHexString([octet]));
        }
        return text.ToString();
    }
}
