namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>Counts of connected accounts.</summary>
internal sealed record AccountTotals
{
    public long Connected { get; init; }

    /// <summary>A living silo owns them.</summary>
    public long Owned { get; init; }

    public long Orphaned => Connected - Owned;

    /// <summary>
    /// Since when the oldest orphan has had no owner, as far as rows tell: since its owner was declared dead; one that was released, since the last silo came or went
    /// or since it was connected.
    /// </summary>
    public TimeSpan OldestOrphan { get; init; }

    /// <summary>Due and not running.</summary>
    public long Overdue { get; init; }

    /// <summary>How long the most overdue one has been able to run. An interrupted run counts from the loss of its owner.</summary>
    public TimeSpan SweepLag { get; init; }

    public long Running { get; init; }

    /// <summary>Retries are used up: nothing automatic happens until somebody does something.</summary>
    public long NeedPerson { get; init; }

    /// <summary>As the public list of accounts calls them (<c>sync_status</c>).</summary>
    public long Pending { get; init; }

    public long Synced { get; init; }

    public long Failed { get; init; }
}
