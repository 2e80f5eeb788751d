namespace Postmill.Domain.Access;

/// <summary>E-mail addresses as names of users.</summary>
public static class EmailKey
{
    /// <summary>The form in which two spellings of one address are equal: lower case.</summary>
    public static string Of(string address) => address.Trim().ToLowerInvariant();

    /// <summary>One at sign with something on both sides, and nothing that could break a line or a header.</summary>
    public static bool IsAddress(string address)
    {
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < address.Length - 1 && at == address.LastIndexOf('@')
            && address.Length <= AccessLimits.MaxEmailLength && !address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';' or '"');
    }
}
