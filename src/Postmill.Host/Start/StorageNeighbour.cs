namespace Postmill.Host.Start;

/// <summary>A silo with a row in this database.</summary>
internal sealed record StorageNeighbour(Guid Incarnation, string Cluster, string Name, string Address)
{
    public override string ToString() => $"{Name} at {Address}";
}
