namespace Postmill.Grains.Accounts;

/// <summary>What a write waits for.</summary>
public enum Durability
{
    /// <summary>The database has it on disk: somebody is told of it, or losing it would change what happens.</summary>
    OnDisk,

    /// <summary>The database has it; on disk it is within a second, or when a later write of anybody waits. Losing it to a crash of the database repeats work and nothing else.</summary>
    Soon,
}
