using System.Globalization;
using System.Text;

namespace Postmill.Protocols.Mime;

/// <summary>
/// Dates as mail carries them (RFC 5322 sections 3.3 and 4.3, also asctime and ISO 8601 of careless senders). The instant is kept; an offset
/// .NET cannot express (beyond 14 hours) is answered in UTC. What names no possible day is null.
/// </summary>
internal static class MailDates
{
    private const int MaxChars = 200;
    private const string Months = "janfebmaraprmayjunjulaugsepoctnovdec";
    private static readonly char[] Separators = [' ', '\t', '\r', '\n', ',', ';'];

    public static DateTimeOffset? Parse(ReadOnlySpan<byte> value)
    {
        var text = WithoutComments(Encoding.Latin1.GetString(value[..Math.Min(value.Length, MaxChars)]));
        if (TryIso(text.Trim(), out var iso))
            return iso;
        var found = new Parts();
        foreach (var token in text.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
            found.Take(token);
        return found.Build();
    }

    private static string WithoutComments(string text)
    {
        if (!text.Contains('('))
            return text;
        var kept = new StringBuilder(text.Length);
        var depth = 0;
        foreach (var c in text)
        {
            depth += c == '(' ? 1 : 0;
            kept.Append(depth == 0 ? c : ' ');
            depth -= c == ')' && depth > 0 ? 1 : 0;
        }
        return kept.ToString();
    }

    private static bool TryIso(string text, out DateTimeOffset date)
    {
        date = default;
        return text.Length >= 10 && text[4] == '-' && text[7] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
    }

    /// <summary>What the tokens said so far; each kind is recognised by its look, so order and missing pieces do not matter.</summary>
    private struct Parts
    {
        private int? _day;
        private int? _month;
        private int? _year;
        private TimeSpan? _time;
        private TimeSpan? _zone;

        public void Take(string token)
        {
            if (token.Contains(':', StringComparison.Ordinal) && _time is null)
                TakeTime(token);
            else if (token[0] is '+' or '-' && _time is not null)
                _zone ??= Zone(token);
            else if (_day is null && token.Count(c => c is '-' or '/') == 2)
                TakeDashed(token.Split('-', '/'));
            else if (char.IsAsciiDigit(token[0]))
                TakeNumber(token);
            else if (_month is null && MonthOf(token) is { } month)
                _month = month;
            else if (_time is not null)
                _zone ??= NamedZone(token);
        }

        public readonly DateTimeOffset? Build()
        {
            if (_day is not { } day || _month is not { } month || _year is not { } year || year is < 1 or > 9999)
                return null;
            if (day < 1 || day > DateTime.DaysInMonth(year, month))
                return null;
            var zone = _zone ?? TimeSpan.Zero;
            var local = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + (_time ?? TimeSpan.Zero);
            var ticks = local.Ticks - zone.Ticks;
            if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
                return null;
            return zone.Duration() > TimeSpan.FromHours(14) ? new DateTimeOffset(ticks, TimeSpan.Zero) : new DateTimeOffset(local, zone);
        }

        // 10:08, 10:08:28, 10:08:28.617, 10:08:28+0200
        private void TakeTime(string token)
        {
            var sign = token.IndexOfAny(['+', '-']);
            if (sign > 0)
                _zone ??= Zone(token[sign..]);
            var pieces = (sign > 0 ? token[..sign] : token).TrimEnd('Z', 'z').Split(':', '.');
            if (pieces.Length < 2 || !TryNumber(pieces[0], out var hour) || !TryNumber(pieces[1], out var minute) || hour > 23 || minute > 59)
                return;
            var second = pieces.Length > 2 && TryNumber(pieces[2], out var s) ? Math.Min(s, 59) : 0;
            _time = new TimeSpan(hour, minute, second);
        }

        private void TakeDashed(string[] pieces)
        {
            if (!TryNumber(pieces[0], out var day))
                return;
            _day = day;
            _month ??= MonthOf(pieces[1]);
            if (TryNumber(pieces[2], out var year))
                _year ??= FullYear(year, pieces[2].Length);
        }

        private void TakeNumber(string token)
        {
            var digits = token.TrimEnd('s', 't', 'n', 'd', 'r', 'h', '.');
            if (!TryNumber(digits, out var number))
                return;
            if (_day is null && digits.Length <= 2)
                _day = number;
            else
                _year ??= FullYear(number, digits.Length);
        }

        // RFC 5322 section 4.3
        private static int FullYear(int year, int digits) => digits switch
        {
            <= 2 => year < 50 ? year + 2000 : year + 1900,
            3 => year + 1900,
            _ => year,
        };

        private static bool TryNumber(string digits, out int number) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 99_999;

        private static int? MonthOf(string word)
        {
            if (word.Length < 3)
                return null;
            var at = Months.IndexOf(word[..3].ToLowerInvariant(), StringComparison.Ordinal);
            return at >= 0 && at % 3 == 0 ? (at / 3) + 1 : null;
        }

        // +0200, -0000, +02:00, +200; minutes beyond 59 say nothing.
        private static TimeSpan? Zone(string token)
        {
            var digits = token[1..].Replace(":", "", StringComparison.Ordinal);
            if (digits.Length is < 1 or > 4 || !TryNumber(digits, out var number))
                return null;
            var (hours, minutes) = digits.Length <= 2 ? (number, 0) : (number / 100, number % 100);
            if (minutes > 59)
                return null;
            var zone = new TimeSpan(hours, minutes, 0);
            return token[0] == '-' ? -zone : zone;
        }

        private static TimeSpan? NamedZone(string token)
        {
            var sign = token.IndexOfAny(['+', '-']);
            if (sign > 0 && token[..sign].ToUpperInvariant() is "GMT" or "UTC" or "UT")
                return Zone(token[sign..]);
            return token.ToUpperInvariant() switch
            {
                "GMT" or "UTC" or "UT" or "Z" => TimeSpan.Zero,
                "EDT" => TimeSpan.FromHours(-4),
                "EST" or "CDT" => TimeSpan.FromHours(-5),
                "CST" or "MDT" => TimeSpan.FromHours(-6),
                "MST" or "PDT" => TimeSpan.FromHours(-7),
                "PST" => TimeSpan.FromHours(-8),
                "CET" or "MET" => TimeSpan.FromHours(1),
                "CEST" or "MEST" or "EET" => TimeSpan.FromHours(2),
                "JST" => TimeSpan.FromHours(9),
                _ => null,
            };
        }
    }
}
