using System.Globalization;

namespace Postmill.Protocols.Smtp;

/// <summary>What the server announced in its answer to EHLO, RFC 5321 section 4.1.1.1. What it said before STARTTLS is forgotten after it.</summary>
public sealed class SmtpExtensions
{
    private readonly Dictionary<string, string[]> _parameters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>No extension: the server only knows HELO.</summary>
    public static SmtpExtensions None { get; } = new([]);

    /// <summary>Reads the lines after the first one of an EHLO answer.</summary>
    /// <param name="lines">Keyword and parameters, separated by blanks; a keyword said twice adds its parameters.</param>
    public SmtpExtensions(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            // "AUTH=PLAIN LOGIN" is how servers before RFC 4954 said it; some still say both.
            var words = line.Replace("AUTH=", "AUTH ", StringComparison.OrdinalIgnoreCase).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            _parameters[words[0]] = _parameters.TryGetValue(words[0], out var known) ? [.. known, .. words[1..]] : words[1..];
        }
    }

    /// <summary>RFC 3207.</summary>
    public bool StartTls => Has("STARTTLS");

    /// <summary>RFC 2920.</summary>
    public bool Pipelining => Has("PIPELINING");

    /// <summary>RFC 6152.</summary>
    public bool EightBitMime => Has("8BITMIME");

    /// <summary>RFC 6531.</summary>
    public bool SmtpUtf8 => Has("SMTPUTF8");

    /// <summary>RFC 3030: BDAT.</summary>
    public bool Chunking => Has("CHUNKING");

    /// <summary>RFC 3461.</summary>
    public bool Dsn => Has("DSN");

    /// <summary>RFC 2034.</summary>
    public bool EnhancedStatusCodes => Has("ENHANCEDSTATUSCODES");

    /// <summary>RFC 4954: SASL mechanisms, in the server's order and case; empty without AUTH.</summary>
    public IReadOnlyList<string> AuthMechanisms => _parameters.GetValueOrDefault("AUTH") ?? [];

    /// <summary>RFC 1870: the size of a mail is told with MAIL.</summary>
    public bool Size => Has("SIZE");

    /// <summary>RFC 1870: bytes of the largest message taken; null when the server names none (also 0 means none).</summary>
    public long? MaxMessageBytes =>
        _parameters.GetValueOrDefault("SIZE") is [var first, ..] && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes : null;

    /// <summary>RFC 9422: recipients in one transaction; null without such a limit.</summary>
    public int? MaxRecipients => Limit("RCPTMAX");

    /// <summary>RFC 9422: mails in one session; null without such a limit.</summary>
    public int? MaxMails => Limit("MAILMAX");

    /// <summary>Whether the server announced the keyword.</summary>
    public bool Has(string keyword) => _parameters.ContainsKey(keyword);

    // RFC 9422 section 4: at most six digits, never 0; what is otherwise is as if it was not there.
    private int? Limit(string name)
    {
        foreach (var word in _parameters.GetValueOrDefault("LIMITS") ?? [])
        {
            if (word.Length <= name.Length + 1 || word[name.Length] != '=' || !word.StartsWith(name, StringComparison.OrdinalIgnoreCase)) continue;
            return int.TryParse(word.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most : null;
        }
        return null;
    }
}
