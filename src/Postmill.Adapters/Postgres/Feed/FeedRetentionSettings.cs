using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Adapters.Postgres.Feed;

/// <summary>Section <c>Postmill:Feed</c>.</summary>
public sealed class FeedRetentionSettings
{
    [Description("Days an event stays in the log: how long a subscriber may be away and still resume with ?after=.")]
    [Range(1, 3650)]
    public int RetentionDays { get; init; } = 30;

    [Description("Minutes between two prunings of the log on a silo.")]
    [Range(1, 1440)]
    public int PruneMinutes { get; init; } = 60;
}
