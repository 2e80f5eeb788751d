namespace Postmill.Mail.Reports;

/// <summary>Where in the dialogue the remote server refused; it tells a refused recipient from refused content.</summary>
internal enum SmtpStage
{
    Unknown,
    Connect,
    Mail,
    Recipient,
    Data,
}
