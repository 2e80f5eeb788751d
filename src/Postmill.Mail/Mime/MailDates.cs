using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit.Utils;

namespace Postmill.Mail.Mime;

/// <summary>
/// Dates as mail carries them (RFC 5322 sections 3.3 and 4.3), by MimeKit; what it does not know is written in its terms before: names of European zones,
/// zones with a colon or glued to something, parts of seconds, years of three digits. ISO 8601 is the framework's. What names no possible day, or one before
/// 1969, is null. A zone that .NET cannot express (beyond 14 hours) is given in UTC.
/// </summary>
internal static partial class MailDates
{
    private const int MaxChars = 200;

    private static readonly (Regex Found, string Meant)[] Repairs =
    [
        (SummerTime(), "+0200"), (WinterTime(), "+0100"), (NamedOffset(), " "), (ColonInZone(), ""), (PartOfSecond(), ""), (LeapSecond(), "59"), (GluedZone(), " "), (YearOf3Digits(), "20"), (YearZero(), "0100"),
    ];

    public static DateTimeOffset? Parse(ReadOnlySpan<byte> value)
    {
        var text = Encoding.Latin1.GetString(value[..Math.Min(value.Length, MaxChars)]).Trim();
        if (text.Length >= 10 && text[4] == '-' && text[7] == '-')
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var iso) ? iso : null;
        if (!Usual().IsMatch(text))
        {
            // MimeKit knows zones in upper case only.
            text = text.ToUpperInvariant();
            foreach (var (found, meant) in Repairs)
                text = found.Replace(text, meant);
        }
        if (!DateUtils.TryParse(Encoding.Latin1.GetBytes(text), out var date))
            return null;
        return FarZone().Match(text) is { Success: true } zone ? InZone(date, zone) : date;
    }

    // Zones that MimeKit leaves out.
    private static DateTimeOffset? InZone(DateTimeOffset utc, Match zone)
    {
        var offset = new TimeSpan(int.Parse(zone.Groups[2].ValueSpan, CultureInfo.InvariantCulture), int.Parse(zone.Groups[3].ValueSpan, CultureInfo.InvariantCulture), 0);
        if (zone.Groups[1].ValueSpan is "-")
            offset = -offset;
        var ticks = utc.UtcTicks - offset.Ticks;
        if (utc.Offset != TimeSpan.Zero || ticks > DateTime.MaxValue.Ticks)
            return utc;
        return offset.Duration() <= TimeSpan.FromHours(14) ? new DateTimeOffset(utc.DateTime, offset) : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    [GeneratedRegex(@"(?<=:\d\d\s)([+-])(1[2-9]|[2-9]\d)([0-5]\d)\b")]
    private static partial Regex FarZone();

    [GeneratedRegex(@"^(?:[A-Z][a-z]{2}, )?\d\d? [A-Z][a-z]{2} [1-9]\d{3} \d\d:\d\d:[0-5]\d [+-](?:0\d|1[0-2])\d\d(?: \([A-Z]+\))?$")]
    private static partial Regex Usual();

    [GeneratedRegex(@"(?<=:\d\d\s)(?:CEST|MEST|EET)\b")]
    private static partial Regex SummerTime();

    [GeneratedRegex(@"(?<=:\d\d\s)(?:CET|MET)\b")]
    private static partial Regex WinterTime();

    [GeneratedRegex(@"\b(?:GMT|UTC|UT)(?=[+-]\d)")]
    private static partial Regex NamedOffset();

    [GeneratedRegex(@"(?<=[+-]\d\d):(?=\d\d\b)")]
    private static partial Regex ColonInZone();

    [GeneratedRegex(@"(?<=:\d\d)\.\d+")]
    private static partial Regex PartOfSecond();

    [GeneratedRegex(@"(?<=:\d\d:)60")]
    private static partial Regex LeapSecond();

    [GeneratedRegex(@"(?<=:\d\d)(?=[+-]\d)")]
    private static partial Regex GluedZone();

    [GeneratedRegex(@"(?<=[A-Z]{3}\s)1(?=\d\d\s)")]
    private static partial Regex YearOf3Digits();

    // MimeKit takes it for 2000.
    [GeneratedRegex(@"(?<=[A-Z]{3}\s)0{3,4}\b")]
    private static partial Regex YearZero();
}
