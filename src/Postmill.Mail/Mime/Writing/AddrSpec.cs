using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// An address as it is written and as the envelope names it (RFC 5322 section 3.4.1): local part as given, domain in A-labels (RFC 5890), so that
/// only a local part beyond ASCII needs SMTPUTF8 (RFC 6531).
/// </summary>
/// <param name="LocalPart">A dot-atom or a quoted string; NFC where it is not ASCII.</param>
/// <param name="Domain">A-labels in the case they were given, or an address literal in brackets.</param>
public sealed record AddrSpec(string LocalPart, string Domain)
{
    // RFC 5321 section 4.5.3.1.1 and 4.5.3.1.2; the latter less the root's length octets.
    private const int LocalPartBytes = 64;
    private const int DomainBytes = 253;
    private const int LabelBytes = 63;
    private const int LongestText = 1_000;

    private static readonly IdnMapping Idn = new();

    /// <summary>Whether a server without SMTPUTF8 can take it.</summary>
    public bool IsAscii => Ascii.IsValid(LocalPart);

    /// <summary>Reads an address without a display name. No blanks, comments or routes; no control characters.</summary>
    /// <param name="text">The address, such as <c>jörg@bücher.example</c>.</param>
    /// <param name="address">What it reads as; null when it is none.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AddrSpec? address)
    {
        address = null;
        if (text is null || text.Length > LongestText || !StorableText.IsStorable(text))
            return false;
        var at = text.LastIndexOf('@');
        if (at <= 0 || !TryLocalPart(text[..at], out var local) || !TryDomain(text[(at + 1)..], out var domain))
            return false;
        address = new AddrSpec(local, domain);
        return true;
    }

    internal static AddrSpec OfChecked(string text) =>
        TryParse(text, out var address) ? address : throw new InvalidOperationException("An address was not checked.");

    /// <summary>The address, <c>local@domain</c>.</summary>
    public override string ToString() => $"{LocalPart}@{Domain}";

    private static bool TryLocalPart(string text, out string local)
    {
        local = Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormC);
        return Encoding.UTF8.GetByteCount(local) <= LocalPartBytes && (local[0] == '"' ? IsQuoted(local) : IsDotAtom(local));
    }

    private static bool IsDotAtom(string text)
    {
        foreach (var atom in text.Split('.'))
        {
            if (atom.Length == 0 || !atom.All(c => IsAtomText(c) || IsBeyondAscii(c)))
                return false;
        }
        return true;
    }

    private static bool IsQuoted(string text)
    {
        if (text.Length < 3 || text[^1] != '"')
            return false;
        var inside = text.AsSpan(1, text.Length - 2);
        for (var i = 0; i < inside.Length; i++)
        {
            var escaped = inside[i] == '\\';
            // Only what needs an escape may have one, so that a mailbox has few spellings.
            if (escaped && (++i == inside.Length || inside[i] is not ('\\' or '"')))
                return false;
            if (!escaped && (inside[i] == '"' || (inside[i] is < ' ' or > '~' && !IsBeyondAscii(inside[i]))))
                return false;
        }
        return true;
    }

    private static bool TryDomain(string text, out string domain)
    {
        domain = text;
        if (text.StartsWith('['))
            return IsLiteral(text);
        if (!Ascii.IsValid(text) && !TryToAscii(text, out domain))
            return false;
        return domain.Length <= DomainBytes && domain.Split('.').All(IsLabel);
    }

    private static bool TryToAscii(string text, out string domain)
    {
        try
        {
            domain = Idn.GetAscii(text.Normalize(NormalizationForm.FormC).ToLowerInvariant());
            return true;
        }
        catch (ArgumentException)
        {
            domain = "";
            return false;
        }
    }

    // Underscores are no host name's, but hosts have them.
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LabelBytes && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsLiteral(string text) =>
        text.Length is > 2 and <= DomainBytes && text[^1] == ']' && text[1..^1].All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-');

    internal static bool IsAtomText(char c) => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c);

    // Neither controls nor blanks nor what has no look of its own (direction marks, zero width): nobody could tell two such mailboxes apart.
    // U+FFFD is what a damaged one has.
    private static bool IsBeyondAscii(char c) =>
        c >= '\u00A0' && c != '\uFFFD' && !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format;
}
