namespace Postmill.Adapters.Postgres.Messages.Exporting;

internal static class ExportLimits
{
    /// <summary>Mails that one transaction lists: a second's work of a slow disk, and what a crash repeats.</summary>
    public const int ListedTogether = 128;

    /// <summary>Octets up to which a raw mail is read with others in one query; larger ones are read in chunks.</summary>
    public const int SmallMail = 64 * 1024;

    /// <summary>Mails that a download fetches at once: with <see cref="SmallMail"/> a megabyte at most.</summary>
    public const int FetchedTogether = 16;

    /// <summary>Lines of a zip's directory that a download fetches at once.</summary>
    public const int DirectoryTogether = 500;

    /// <summary>Entries that one transaction of a pruning removes.</summary>
    public const int PrunedTogether = 1_000;

    /// <summary>Clocks of silos differ by less (the storage clock corrects more): mail that another one stored just before the export was asked for is in it.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(10);

    /// <summary>For giving back a lease when a silo stops.</summary>
    public static readonly TimeSpan ReleaseWithin = TimeSpan.FromSeconds(2);
}
