using System.Text;

namespace Postmill.Mail.Net;

/// <summary>Names and passwords in the form in which both sides hash them: SASLprep, RFC 4013. What it prohibits is left to the server to refuse.</summary>
internal static class SaslPrep
{
    public static string Prepare(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var mapped = new StringBuilder(text.Length);
        foreach (var c in text)
            if (!IsNothing(c)) mapped.Append(IsSpace(c) ? ' ' : c);
        try
        {
            return mapped.ToString().Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a character has no normal form.
            return text;
        }
    }

    // RFC 3454, table C.1.2.
    private static bool IsSpace(char c) => c is '\u00A0' or '\u1680' or (>= '\u2000' and <= '\u200B') or '\u202F' or '\u205F' or '\u3000';

    // RFC 3454, table B.1; U+200B is a space before it is nothing.
    private static bool IsNothing(char c) => c is '\u00AD' or '\u034F' or '\u1806' or (>= '\u180B' and <= '\u180D') or '\u200C' or '\u200D' or '\u2060' or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';
}
