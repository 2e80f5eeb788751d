using System.Globalization;
using System.Text.RegularExpressions;

namespace Postmill.Mail.Imap;

/// <summary>Exchange says <c>Request is throttled. Suggested Backoff Time: 92415 milliseconds</c> (hard case 16).</summary>
internal static partial class ThrottleHint
{
    // A server must not be able to park an account for good.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static TimeSpan? Find(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success) return null;
        var milliseconds = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return milliseconds < Longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : Longest;
    }

    [GeneratedRegex(@"Backoff Time:\s{0,4}(\d{1,12})\s{0,4}milliseconds", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
