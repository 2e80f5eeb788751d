namespace Granary.Cluster;

/// <summary>Which start of which silo this process is, and whether it may work.</summary>
public interface ISiloIdentity
{
    /// <summary>The present incarnation. Another one takes its place when the lease was lost and got again: read it once per piece of work.</summary>
    SiloIncarnation Current { get; }

    /// <summary>Where other silos reach this one: <c>ip:port</c>.</summary>
    string Address { get; }

    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>The cluster it belongs to.</summary>
    string ClusterId { get; }

    /// <summary>Whether the lease runs, by this machine's clock and with margin: false before it ends in the database. The judge of a write is the database all the same.</summary>
    bool MayWork { get; }

    /// <summary>The present incarnation's id; what an owner column holds.</summary>
    Guid Incarnation => Current.Id;

    /// <summary>Cancelled when the present incarnation must stop working.</summary>
    CancellationToken Stopping => Current.Stopping;
}
