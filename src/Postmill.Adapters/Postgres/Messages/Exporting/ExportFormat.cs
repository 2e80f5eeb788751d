namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>What an export's file is.</summary>
public enum ExportFormat
{
    /// <summary>RFC 4155 with mboxrd's quoting: line ends are LF.</summary>
    Mbox,

    /// <summary>Each mail as it came, stored, by its folder.</summary>
    Zip,
}

public static class ExportFormats
{
    public static string Word(this ExportFormat format) => format switch
    {
        ExportFormat.Mbox => "mbox",
        ExportFormat.Zip => "zip",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>Null: no such format.</summary>
    public static ExportFormat? Of(string? word) => word switch
    {
        "mbox" => ExportFormat.Mbox,
        "zip" => ExportFormat.Zip,
        _ => null,
    };
}
