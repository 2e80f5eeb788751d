namespace Postmill.Grains.Accounts;

/// <summary>Settings section <c>Postmill:Accounts</c>.</summary>
public sealed class AccountOptions
{
    public const string Section = "Postmill:Accounts";

    /// <summary>Connected accounts a user may have; 0 means no limit.</summary>
    public int MostPerUser { get; set; }

    public string? Wrong() => MostPerUser < 0 ? $"{Section}:MostPerUser must be 0 (no limit) or more." : null;
}
