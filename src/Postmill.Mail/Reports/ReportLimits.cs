namespace Postmill.Mail.Reports;

/// <summary>Every bound of reading a report. What lies beyond one is left out; no report is refused for it.</summary>
internal static class ReportLimits
{
    /// <summary>Recipients kept; a mail has at most 100 with most providers.</summary>
    public const int MaxRecipients = 300;

    /// <summary>Characters of an address: 64 + 1 + 255 (RFC 5321 section 4.5.3.1).</summary>
    public const int MaxAddressChars = 320;

    /// <summary>Characters of a diagnostic that are kept and judged; replies of several lines stay under this.</summary>
    public const int MaxDiagnosticChars = 2_000;

    /// <summary>Characters of the report's own words that are looked at. Real notices explain themselves within 10,000.</summary>
    public const int MaxOwnChars = 32 << 10;

    /// <summary>Octets decoded of one text part.</summary>
    public const int MaxPartBytes = 128 << 10;

    /// <summary>Octets read of quoted headers.</summary>
    public const int MaxQuotedChars = 32 << 10;

    /// <summary>Text parts looked at.</summary>
    public const int MaxTextParts = 8;

    /// <summary>Message-IDs kept.</summary>
    public const int MaxMessageIds = 10;

    /// <summary>Fields read of a status part; 300 recipients with ten fields each.</summary>
    public const int MaxStatusFields = 4_000;

    /// <summary>Levels of a JSON notice.</summary>
    public const int MaxJsonDepth = 32;
}
