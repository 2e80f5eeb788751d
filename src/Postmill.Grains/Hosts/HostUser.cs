using Postmill.Domain.Hosts;

namespace Postmill.Grains.Hosts;

/// <summary>This process as one that logs in to mail hosts.</summary>
/// <param name="Name">Unlike that of any other; of a silo what rows name as an owner.</param>
/// <param name="Base">What it may use of a host without asking. Null: nothing; this is a front.</param>
public sealed record HostUser(string Name, Func<HostLimits, HostAmount>? Base)
{
    /// <summary>One that shares with nobody.</summary>
    public static readonly HostUser Alone = new("alone", limits => limits.Total);

    public bool HasBase => Base is not null;
}
