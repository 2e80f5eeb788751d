using System.Globalization;
using MailKit.Net.Smtp;

namespace Postmill.Mail.Smtp;

/// <summary>
/// What the server announced in its answer to EHLO, RFC 5321 section 4.1.1.1, as MailKit has read it. What it said before STARTTLS is forgotten
/// after it.
/// </summary>
public sealed class SmtpExtensions
{
    private readonly SmtpCapabilities _capabilities;
    private readonly string[][] _lines;

    /// <param name="capabilities">What MailKit knows by name.</param>
    /// <param name="mechanisms">Those of AUTH.</param>
    /// <param name="maxSize">Bytes of the largest message; 0 without a limit.</param>
    /// <param name="lines">All lines after the first one of the answer, for what MailKit does not read.</param>
    internal SmtpExtensions(SmtpCapabilities capabilities, IEnumerable<string> mechanisms, uint maxSize, IEnumerable<string> lines)
    {
        _capabilities = capabilities;
        _lines = [.. lines.Select(Words).Where(words => words.Length > 0)];
        AuthMechanisms = [.. mechanisms];
        MaxMessageBytes = maxSize > 0 ? maxSize : null;
    }

    /// <summary>RFC 2920.</summary>
    public bool Pipelining => _capabilities.HasFlag(SmtpCapabilities.Pipelining);

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime => _capabilities.HasFlag(SmtpCapabilities.EightBitMime);

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 => _capabilities.HasFlag(SmtpCapabilities.UTF8);

    /// <summary>RFC 3461.</summary>
    public bool Dsn => _capabilities.HasFlag(SmtpCapabilities.Dsn);

    /// <summary>RFC 1870: the size of a mail is told with MAIL. MailKit takes the extension for one only where a size follows it.</summary>
    public bool Size => _lines.Any(words => Is(words[0], "SIZE"));

    /// <summary>RFC 1870: bytes of the largest message taken; null when the server names none (also 0 means none).</summary>
    public long? MaxMessageBytes { get; }

    /// <summary>RFC 4954: SASL mechanisms, in the server's case; empty without AUTH.</summary>
    public IReadOnlyList<string> AuthMechanisms { get; }

    /// <summary>RFC 9422: recipients in one transaction; null without such a limit.</summary>
    public int? MaxRecipients => Limit("RCPTMAX=");

    /// <summary>RFC 9422: mails in one session; null without such a limit.</summary>
    public int? MaxMails => Limit("MAILMAX=");

    // RFC 9422 section 4: at most six digits, never 0; what is otherwise is as if it was not there.
    private int? Limit(string name)
    {
        var limits = _lines.Where(words => Is(words[0], "LIMITS")).SelectMany(words => words[1..]);
        var limit = limits.FirstOrDefault(word => word.StartsWith(name, StringComparison.OrdinalIgnoreCase)).AsSpan();
        if (limit.IsEmpty) return null;
        return int.TryParse(limit[name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : null;
    }

    private static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
