using System.Globalization;
using System.Text;

namespace Postmill.Mail.Net;

/// <summary>Makes words of a server fit to be shown and logged: bounded, one line, no control or bidirectional-override characters.</summary>
public static class ServerText
{
    /// <summary>Cleans raw bytes: UTF-8, invalid bytes replaced.</summary>
    public static string Clean(ReadOnlySpan<byte> bytes)
    {
        // Four bytes are the longest UTF-8 character; what lies beyond can never be shown.
        var shown = bytes[..Math.Min(bytes.Length, NetLimits.ServerTextLength * 4)];
        return Clean(Encoding.UTF8.GetString(shown));
    }

    /// <summary>Cleans text.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, NetLimits.ServerTextLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > NetLimits.ServerTextLength) break;
            if (IsShown(rune)) clean.Append(rune.ToString());
            else if (clean.Length > 0 && clean[^1] != ' ') clean.Append(' ');
        }
        return clean.ToString().Trim();
    }

    private static bool IsShown(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
