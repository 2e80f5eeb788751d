namespace Postmill.Domain.Sending;

/// <summary>Providers that file what is sent through them in the Sent folder themselves; a copy of ours would be the second.</summary>
public static class SentCopies
{
    private static readonly string[] FilingHosts = ["gmail.com", "googlemail.com", "google.com", "office365.com", "outlook.com", "hotmail.com", "live.com"];

    /// <param name="smtpHost">As the account names it.</param>
    public static bool AreFiledBy(string smtpHost)
    {
        var host = smtpHost.TrimEnd('.');
        return FilingHosts.Any(filing => host.Equals(filing, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + filing, StringComparison.OrdinalIgnoreCase));
    }
}
