namespace Granary.Cluster;

/// <summary>The roles the engine itself knows. Any other text is the host's own, and a silo of such a role runs grains.</summary>
public static class SiloRoles
{
    /// <summary>A silo of this role calls grains and runs none. It needs the calls between silos, and a silo of another role to run them.</summary>
    public const string Front = "front";
}
