namespace Postmill.Grains.Accounts;

/// <summary>This silo as account rows name their owner: address, port and generation, as Orleans prints them. Every start of a silo has another one.</summary>
public sealed record LocalOwner(string Name)
{
    public static LocalOwner Of(SiloAddress silo) => new(silo.ToParsableString());
}
