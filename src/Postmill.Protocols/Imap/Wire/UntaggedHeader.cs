using System.Buffers.Text;
using System.Text;

namespace Postmill.Protocols.Imap.Wire;

internal enum UntaggedKind
{
    Other,
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
    Capability,
    List,
    Status,
    Search,
    ESearch,
    Flags,
    Exists,
    Recent,
    Expunge,
    Fetch,
    Vanished,
    Enabled,
    Id,
    Namespace,
}

/// <summary>The start of an untagged response: <c>* 12 FETCH</c> or <c>* SEARCH</c>, and where its data begins.</summary>
internal readonly record struct UntaggedHeader(UntaggedKind Kind, uint Number, int DataStart)
{
    public static UntaggedHeader Parse(ReadOnlySpan<byte> response)
    {
        var position = 1;
        SkipSpaces(response, ref position);
        uint number = 0;
        if (position < response.Length && char.IsAsciiDigit((char)response[position]))
        {
            // EXISTS of a broken server may read 1.8e+06 (hard case 18); whatever does not parse is 0 and left to the handler.
            var word = Word(response, ref position);
            number = ImapNumber.TryTolerant(word, out var n) && n <= uint.MaxValue ? (uint)n : 0;
            SkipSpaces(response, ref position);
        }
        var kind = KindOf(Word(response, ref position));
        SkipSpaces(response, ref position);
        return new UntaggedHeader(kind, number, position);
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> response, ref int position)
    {
        var rest = response[position..];
        var length = rest.IndexOfAny((byte)' ', (byte)'(', (byte)'\r');
        if (length < 0) length = rest.Length;
        position += length;
        return rest[..length];
    }

    private static void SkipSpaces(ReadOnlySpan<byte> response, ref int position)
    {
        while (position < response.Length && response[position] == ' ') position++;
    }

    private static UntaggedKind KindOf(ReadOnlySpan<byte> word) => word.Length switch
    {
        2 => Is(word, "OK"u8) ? UntaggedKind.Ok : Is(word, "NO"u8) ? UntaggedKind.No : Is(word, "ID"u8) ? UntaggedKind.Id : UntaggedKind.Other,
        3 => Is(word, "BAD"u8) ? UntaggedKind.Bad : Is(word, "BYE"u8) ? UntaggedKind.Bye : UntaggedKind.Other,
        4 => Is(word, "LIST"u8) ? UntaggedKind.List : UntaggedKind.Other,
        5 => Is(word, "FETCH"u8) ? UntaggedKind.Fetch : Is(word, "FLAGS"u8) ? UntaggedKind.Flags : UntaggedKind.Other,
        6 => Is(word, "EXISTS"u8) ? UntaggedKind.Exists : Is(word, "RECENT"u8) ? UntaggedKind.Recent : Is(word, "SEARCH"u8) ? UntaggedKind.Search
            : Is(word, "STATUS"u8) ? UntaggedKind.Status : UntaggedKind.Other,
        7 => Is(word, "EXPUNGE"u8) ? UntaggedKind.Expunge : Is(word, "ESEARCH"u8) ? UntaggedKind.ESearch : Is(word, "ENABLED"u8) ? UntaggedKind.Enabled
            : Is(word, "PREAUTH"u8) ? UntaggedKind.PreAuth : UntaggedKind.Other,
        8 => Is(word, "VANISHED"u8) ? UntaggedKind.Vanished : UntaggedKind.Other,
        9 => Is(word, "NAMESPACE"u8) ? UntaggedKind.Namespace : UntaggedKind.Other,
        10 => Is(word, "CAPABILITY"u8) ? UntaggedKind.Capability : UntaggedKind.Other,
        _ => UntaggedKind.Other,
    };

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);
}

/// <summary>Numbers on the wire.</summary>
internal static class ImapNumber
{
    /// <summary>Digits only: UIDs and mod-sequences, where a rounded number would be a wrong one.</summary>
    public static bool TryExact(ReadOnlySpan<byte> word, out ulong number)
        => Utf8Parser.TryParse(word, out number, out var used) && used == word.Length && word[0] is >= (byte)'0' and <= (byte)'9';

    /// <summary>Also <c>1.8e+06</c>, as a broken server writes counts and sizes (hard case 18).</summary>
    public static bool TryTolerant(ReadOnlySpan<byte> word, out long number)
    {
        if (Utf8Parser.TryParse(word, out number, out var used) && used == word.Length) return number >= 0;
        number = 0;
        if (!Utf8Parser.TryParse(word, out double real, out used) || used != word.Length) return false;
        if (!double.IsFinite(real) || real is < 0 or > 1e18) return false;
        number = (long)Math.Round(real);
        return true;
    }
}
