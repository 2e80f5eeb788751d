using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>An account's outgoing mail as its owner reads and writes it.</summary>
/// <remarks>Each write is one transaction behind the fence and throws <see cref="Accounts.OwnershipLostException"/> when the claim is stale.</remarks>
public interface IOutbox
{
    /// <summary>Mails whose time has come, single ones first, with what they need to be sent. A read: nothing is claimed by it, the owner is the only sender. But for recipients that
    /// came onto the user's suppression list: they fail, and a mail without others is not among those that are answered.</summary>
    /// <param name="except">In the sender's hands already.</param>
    Task<IReadOnlyList<OutgoingMail>> DueAsync(Claim claim, IReadOnlyCollection<Guid> except, int most, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>When the next mail is due that is not in the sender's hands; null: none waits for a time.</summary>
    Task<DateTimeOffset?> NextAtAsync(Claim claim, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken);

    /// <summary>What of the account's limits is used, and the storage's own time: silos may be some seconds apart, and a silo's wall clock may be wrong when it takes an account over.</summary>
    Task<KeptPace> PaceAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>The account's own limits as they stand now.</summary>
    Task<AccountLimits> LimitsAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>Outcomes of mails that ran, intents of those that are to run: all or nothing. Answers the intents that hold; a mail that was cancelled meanwhile is not among them.</summary>
    /// <param name="written">Called as soon as the transaction is over and the next may begin; the answer comes when it is on disk, and is a fault when that cannot be told.</param>
    Task<IReadOnlySet<Guid>> CommitAsync(Claim claim, OutboxCommit commit, Action written, CancellationToken cancellationToken);

    /// <summary>
    /// The server cannot be used: mails that are due wait for the end of the pause and say why, no more than <paramref name="most"/>, single ones and the newest first. Where a person must
    /// help first, they wait without a time.
    /// </summary>
    /// <param name="counts">It was an attempt for each of them: they wait for their next one, or fail if it was the last.</param>
    Task DeferAsync(Claim claim, SendPause pause, int most, bool counts, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The server serves, or should: what waited without a time, or for the end of a pause at <paramref name="pausedUntil"/>, is due.</summary>
    Task UnparkAsync(Claim claim, DateTimeOffset? pausedUntil, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uncertain mails whose copy the mailbox shows in its Sent folder are sent. With <paramref name="repeatBefore"/>, those that are uncertain since before and are not there are
    /// sent again. Answers how many stay uncertain.
    /// </summary>
    Task<int> ReconcileAsync(Claim claim, DateTimeOffset? repeatBefore, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The mail has a verdict, or waits for a time that is not now.</summary>
    Task<bool> IsSettledAsync(Claim claim, Guid jobId, DateTimeOffset now, CancellationToken cancellationToken);
}
