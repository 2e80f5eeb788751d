namespace Postmill.Grains.Accounts;

/// <summary>Who this silo is while its lease runs; the owner it writes into account rows.</summary>
public interface ISiloIncarnation
{
    /// <summary>A new one after every start and after every lost lease.</summary>
    Guid Current { get; }
}
