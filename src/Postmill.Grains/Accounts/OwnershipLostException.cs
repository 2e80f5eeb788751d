using Postmill.Domain.Accounts;

namespace Postmill.Grains.Accounts;

/// <summary>A write was refused: another owner holds a later epoch, or the account was disconnected. The writer stops (DESIGN §4).</summary>
public sealed class OwnershipLostException(Claim claim) : Exception($"Account {claim.AccountId} is no longer owned by {claim.Owner} at epoch {claim.Epoch}.")
{
    public Claim Claim { get; } = claim;
}
