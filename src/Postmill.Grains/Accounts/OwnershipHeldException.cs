namespace Postmill.Grains.Accounts;

/// <summary>The account is owned by another silo whose lease runs; the caller tries again when that lease has ended or the owner let go.</summary>
public sealed class OwnershipHeldException(Guid accountId) : Exception($"Account {accountId} is owned by another silo.")
{
    public Guid AccountId { get; } = accountId;
}
