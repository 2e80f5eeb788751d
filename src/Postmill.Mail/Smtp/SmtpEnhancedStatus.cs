using System.Globalization;

namespace Postmill.Mail.Smtp;

/// <summary>An enhanced status code, RFC 3463, such as <c>5.7.8</c>.</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure.</param>
/// <param name="Subject">0 to 999: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 security or policy.</param>
/// <param name="Detail">0 to 999.</param>
public readonly record struct SmtpEnhancedStatus(int Class, int Subject, int Detail)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Class}.{Subject}.{Detail}");

    /// <summary>Reads the code that begins a reply text (RFC 2034 section 4); null without one, or when its class contradicts the reply code.</summary>
    /// <param name="text">The text after the reply code.</param>
    /// <param name="replyCode">The three-digit code in front of it.</param>
    public static SmtpEnhancedStatus? Parse(ReadOnlySpan<char> text, int replyCode)
    {
        var space = text.IndexOf(' ');
        var word = space < 0 ? text : text[..space];
        Span<Range> parts = stackalloc Range[4];
        if (word.Split(parts, '.') != 3) return null;
        if (!TryNumber(word[parts[0]], out var kind) || !TryNumber(word[parts[1]], out var subject) || !TryNumber(word[parts[2]], out var detail)) return null;
        return kind is 2 or 4 or 5 && kind == replyCode / 100 ? new SmtpEnhancedStatus(kind, subject, detail) : null;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        return digits.Length is >= 1 and <= 3 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
