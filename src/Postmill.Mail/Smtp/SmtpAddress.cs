using System.Buffers;
using System.Text;

namespace Postmill.Mail.Smtp;

/// <summary>Whether a text can stand between the angle brackets of MAIL and RCPT without becoming something else. The server judges the rest.</summary>
internal static class SmtpAddress
{
    /// <summary>Bytes of a path without its brackets, RFC 5321 section 4.5.3.1.3.</summary>
    private const int MaxBytes = 254;

    private static readonly SearchValues<char> NotInDomain = SearchValues.Create("\"\\,;()");

    /// <summary><c>local@domain</c>, no source route, no control characters, blanks or angle brackets; a quoted local part may hold anything else.</summary>
    public static bool IsValid(string address)
    {
        var at = address.LastIndexOf('@');
        if (at <= 0 || at == address.Length - 1 || address.Length > MaxBytes) return false;
        foreach (var c in address.AsSpan())
            if (c is '<' or '>' || char.IsControl(c) || char.IsWhiteSpace(c)) return false;
        var local = address.AsSpan(0, at);
        if (local.Contains('@') && (local.Length < 3 || local[0] != '"' || local[^1] != '"')) return false;
        return !address.AsSpan(at + 1).ContainsAny(NotInDomain) && IsUnicode(address) && Encoding.UTF8.GetByteCount(address) <= MaxBytes;
    }

    // A lone surrogate has no UTF-8.
    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
