namespace Postmill.Domain.Accounts;

/// <summary>Proof of ownership (DESIGN §4): every write for the account names it and is refused once another owner holds a later epoch.</summary>
public sealed record Claim(Guid AccountId, Guid UserId, Guid Owner, long Epoch);
