using System.Globalization;

namespace Postmill.Domain.Sending;

/// <summary>E-mail addresses as recipients.</summary>
public static class RecipientKey
{
    private static readonly IdnMapping Idn = new();

    /// <summary>The form in which two spellings of one mailbox are equal: no blanks around it, lower case, the domain as the DNS has it.</summary>
    public static string Of(string address)
    {
        var trimmed = address.Trim();
        var at = trimmed.LastIndexOf('@');
        var key = (at < 0 ? trimmed : trimmed[..(at + 1)] + Ascii(trimmed[(at + 1)..])).ToLowerInvariant();
        return key;
    }

    private static string Ascii(string domain)
    {
        if (System.Text.Ascii.IsValid(domain)) return domain;
        try
        {
            return Idn.GetAscii(domain);
        }
        catch (ArgumentException)
        {
            // No domain at all; it is only compared.
            return domain;
        }
    }
}
