namespace Granary.Cluster;

/// <summary>One start of a silo, from getting a lease to losing it.</summary>
/// <param name="Id">Unique for all time.</param>
/// <param name="Stopping">Cancelled when its work must stop, before the lease ends.</param>
public sealed record SiloIncarnation(Guid Id, CancellationToken Stopping);
