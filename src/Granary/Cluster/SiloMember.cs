namespace Granary.Cluster;

/// <summary>A silo as the others see it.</summary>
/// <param name="Incarnation">Which start of it.</param>
/// <param name="Address">Where it is reached: <c>ip:port</c>.</param>
/// <param name="Name">For people.</param>
/// <param name="Version">Its program's version.</param>
/// <param name="Role">What it is for.</param>
public sealed record SiloMember(Guid Incarnation, string Address, string Name, string Version, string Role)
{
    /// <summary>Whether grains are placed on it.</summary>
    public bool RunsGrains => Role != SiloRoles.Front;
}
