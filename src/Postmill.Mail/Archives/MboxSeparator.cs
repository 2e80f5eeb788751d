using System.Globalization;

namespace Postmill.Mail.Archives;

/// <summary>The line before each mail of an mbox (RFC 4155 appendix A): <c>From sender date</c>, the date as C's asctime in UTC.</summary>
public static class MboxSeparator
{
    private const int MostSender = 254; // RFC 5321 section 4.5.3.1.3 without the brackets
    private const string NoSender = "MAILER-DAEMON";

    /// <param name="sender">As the mail has it; one that could not stand in the line (blank, control, not ASCII, too long) is written as <c>MAILER-DAEMON</c>.</param>
    /// <param name="at">When the mail was delivered.</param>
    /// <returns>The line without its end; ASCII.</returns>
    public static string Of(string? sender, DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"From {Safe(sender)} {utc:ddd MMM} {utc.Day,2} {utc:HH:mm:ss} {utc:yyyy}");
    }

    private static string Safe(string? sender) =>
        sender is { Length: > 0 and <= MostSender } && !sender.AsSpan().ContainsAnyExceptInRange('!', '~') ? sender : NoSender;
}
