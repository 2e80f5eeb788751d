namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Whose mail is asked for, and how the path named it. What does not fit together is not there.</summary>
/// <param name="AccountId">The account in the path, or null where the path names the mail alone.</param>
public sealed record EmailAddressing(Guid UserId, Guid? AccountId, Guid EmailId);
