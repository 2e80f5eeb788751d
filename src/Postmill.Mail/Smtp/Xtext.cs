using System.Globalization;
using System.Text;

namespace Postmill.Mail.Smtp;

/// <summary>Values inside parameters of MAIL and RCPT.</summary>
internal static class Xtext
{
    /// <summary>RFC 3461 section 4: printable ASCII as it is, but <c>+</c>, <c>=</c> and all else as <c>+HH</c>. For ASCII only.</summary>
    public static string Encode(string text)
    {
        if (text.All(IsPlain)) return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsPlain(c)) encoded.Append(c);
            else encoded.Append(CultureInfo.InvariantCulture, $"+{(int)c:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>The value of ORCPT: <c>rfc822;xtext</c>, and <c>utf-8;</c> with <c>\x{H…}</c> (RFC 6533 section 3) for an address beyond ASCII.</summary>
    public static string OriginalRecipient(string address)
    {
        if (Ascii.IsValid(address)) return "rfc822;" + Encode(address);
        var encoded = new StringBuilder("utf-8;");
        foreach (var rune in address.EnumerateRunes())
        {
            if (rune.IsAscii && IsPlain((char)rune.Value) && rune.Value != '\\') encoded.Append((char)rune.Value);
            else encoded.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }
        return encoded.ToString();
    }

    private static bool IsPlain(char c) => c is >= '!' and <= '~' and not ('+' or '=');
}
