namespace Granary.Cluster;

/// <summary>The leases of the cluster. Their times are judged where they are kept, by no other clock.</summary>
internal interface ISiloTable
{
    /// <summary>
    /// Registers an incarnation. At its first start a silo supersedes whoever had its address; when it joins again after a lost lease (<paramref name="previous"/>)
    /// it does not, because then the other one is the newer process. May be repeated with the same incarnation when its outcome is unknown.
    /// </summary>
    /// <returns>False when another living silo has the address.</returns>
    Task<bool> RegisterAsync(SiloMember silo, Guid? previous, CancellationToken token);

    /// <summary>Renews the lease.</summary>
    /// <returns>The living silos that take work, or null when the lease is gone.</returns>
    Task<IReadOnlyList<SiloMember>?> RenewAsync(Guid incarnation, CancellationToken token);

    /// <summary>As the last renewal saw it: after how long the first lease of another silo ends unless it is renewed; null when there is none.</summary>
    TimeSpan? FirstEnd => null;

    /// <summary>Says that the silo takes no more work but still owns what it has.</summary>
    Task MarkDrainingAsync(Guid incarnation, CancellationToken token);

    /// <summary>Gives the lease back.</summary>
    Task ReleaseAsync(Guid incarnation, CancellationToken token);
}
