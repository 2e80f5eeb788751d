using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>Settings section <c>Postmill:Exports</c>.</summary>
public sealed class ExportOptions
{
    [Description("Days an export can be downloaded after it is ready. Mail that is deleted meanwhile stays in it.")]
    [Range(1, 365)]
    public int KeepDays { get; init; } = 7;

    [Description("Exports that one account may have at a time.")]
    [Range(1, 1_000)]
    public int MostPerAccount { get; init; } = 10;

    [Description("Most mails of one export; each costs about 200 bytes while it is kept.")]
    [Range(1, 100_000_000)]
    public long MostMails { get; init; } = 2_000_000;

    [Description("Megabytes of mail in one export. They are read while it is made, and not copied.")]
    [Range(1, 10_000_000)]
    public long MostMegabytes { get; init; } = 200_000;

    [Description("Exports that one silo makes at once.")]
    [Range(1, 16)]
    public int RunsAtOnce { get; init; } = 1;

    [Description("Seconds between two looks for exports to make.")]
    [Range(0.05, 60)]
    public double SweepSeconds { get; init; } = 2;

    [Description("Seconds after which another silo goes on with an export whose silo writes nothing any more.")]
    [Range(1, 600)]
    public double LeaseSeconds { get; init; } = 30;

    [Description("Minutes between two prunings of exports that are over.")]
    [Range(0.01, 1_440)]
    public double PruneMinutes { get; init; } = 10;
}
