namespace Postmill.Host.Health;

/// <summary>Where the process is between its start and its end, in this order.</summary>
internal enum StartupPhase
{
    Database,
    Migrations,
    Cluster,
    Ready,
    Draining,
}
