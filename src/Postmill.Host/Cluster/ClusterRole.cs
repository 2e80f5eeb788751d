namespace Postmill.Host.Cluster;

/// <summary>What a silo does.</summary>
internal enum ClusterRole
{
    All,

    /// <summary>HTTP and sockets. Its grains run elsewhere, and what looks for work does too.</summary>
    Front,

    /// <summary>Grains and what looks for work. Of HTTP only <c>/health</c>.</summary>
    Worker,
}
