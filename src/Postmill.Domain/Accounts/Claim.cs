namespace Postmill.Domain.Accounts;

/// <summary>Proof of ownership: every write for the account names it and is refused once another owner holds a later epoch.</summary>
/// <param name="Owner">The silo, as Orleans prints its address and generation.</param>
public sealed record Claim(Guid AccountId, Guid UserId, string Owner, long Epoch);
