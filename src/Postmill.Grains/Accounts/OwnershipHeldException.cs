namespace Postmill.Grains.Accounts;

/// <summary>Another silo that lives owns the account: it is on its way from there to here, or back.</summary>
[GenerateSerializer, Alias("account.held")]
public sealed class OwnershipHeldException(Guid accountId) : Exception($"Account {accountId} is owned by another silo.")
{
    [Id(0)]
    public Guid AccountId { get; } = accountId;
}
