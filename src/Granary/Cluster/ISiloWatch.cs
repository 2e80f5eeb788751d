namespace Granary.Cluster;

/// <summary>The view, for those who have reason to doubt it.</summary>
internal interface ISiloWatch : ISiloView
{
    /// <summary>Asks for a fresh view soon; many requests are one. Does not fail.</summary>
    /// <returns>Completes after the next look at the table, whatever came of it; not while there is no lease.</returns>
    Task LookAgainAsync();
}
