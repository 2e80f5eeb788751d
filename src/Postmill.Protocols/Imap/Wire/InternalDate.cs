using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>INTERNALDATE (RFC 9051 <c>date-time</c>), as servers really write it: one-digit days, no zone, <c>00-Jan-0000</c> (hard case 18).</summary>
internal static class InternalDate
{
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";

    // The range of DateTimeOffset's offsets; zones beyond it (+2400) still give the right instant, in UTC.
    private const int MaxOffsetMinutes = 14 * 60;

    /// <summary>The instant, or null when there is none.</summary>
    public static DateTimeOffset? Parse(ReadOnlySpan<byte> text)
    {
        var position = 0;
        if (Number(text, ref position) is not { } day || !Skip(text, ref position, '-')) return null;
        if (Month(text, ref position) is not { } month || !Skip(text, ref position, '-')) return null;
        if (Number(text, ref position) is not { } year) return null;
        if (Number(text, ref position) is not { } hour || !Skip(text, ref position, ':')) return null;
        if (Number(text, ref position) is not { } minute) return null;
        var second = Skip(text, ref position, ':') ? Number(text, ref position) ?? 0 : 0;
        if (year < 100) year += year < 50 ? 2000 : 1900;
        if (day < 1 || year is < 1900 or > 9998 || day > DateTime.DaysInMonth(year, month)) return null;
        if (hour > 23 || minute > 59 || second > 60) return null;
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Unspecified);
        var offset = Offset(text[position..]);
        return Math.Abs(offset) <= MaxOffsetMinutes
            ? new DateTimeOffset(local, TimeSpan.FromMinutes(offset))
            : new DateTimeOffset(local.AddMinutes(-offset), TimeSpan.Zero);
    }

    /// <summary>As APPEND wants it: <c>05-Mar-2024 09:00:00 +0100</c>.</summary>
    public static string Format(DateTimeOffset at)
        => at.ToString("dd-MMM-yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + at.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);

    private static int? Number(ReadOnlySpan<byte> text, ref int position)
    {
        while (position < text.Length && text[position] == ' ') position++;
        if (!Utf8Parser.TryParse(text[position..], out int number, out var used) || number < 0 || text[position] == '+') return null;
        position += used;
        return number;
    }

    private static bool Skip(ReadOnlySpan<byte> text, ref int position, char separator)
    {
        if (position >= text.Length || text[position] != separator) return false;
        position++;
        return true;
    }

    private static int? Month(ReadOnlySpan<byte> text, ref int position)
    {
        if (text.Length - position < 3) return null;
        var name = Encoding.Latin1.GetString(text.Slice(position, 3));
        var index = Months.IndexOf(name, StringComparison.OrdinalIgnoreCase);
        if (index < 0 || index % 3 != 0) return null;
        position += 3;
        return index / 3 + 1;
    }

    private static int Offset(ReadOnlySpan<byte> text)
    {
        text = text.Trim((byte)' ');
        if (text.Length < 5 || text[0] is not ((byte)'+' or (byte)'-')) return 0;
        if (!Utf8Parser.TryParse(text.Slice(1, 4), out int hhmm, out var used) || used != 4 || hhmm < 0) return 0;
        var minutes = hhmm / 100 * 60 + hhmm % 100;
        return text[0] == '-' ? -minutes : minutes;
    }
}
