using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Adapters.Postgres.Messages.Reindexing;

/// <summary>Settings section <c>Postmill:Search</c>.</summary>
public sealed class ReindexOptions
{
    [Description("Mails per second whose words for search are cut anew after an upgrade that cuts them otherwise, on each silo; 0 leaves them as they are.")]
    [Range(0, 100_000)]
    public int ReindexPerSecond { get; init; } = 200;

    [Description("Minutes between two looks for mail that an older silo stored meanwhile.")]
    [Range(0.01, 1_440)]
    public double ReindexLookMinutes { get; init; } = 10;
}
