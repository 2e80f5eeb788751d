using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Grains.Accounts;

/// <summary>Settings section <c>Postmill:Accounts</c>.</summary>
public sealed class AccountOptions
{
    [Description("Connected accounts a user may have; 0 means no limit.")]
    [Range(0, 1_000_000)]
    public int MostPerUser { get; init; }
}
