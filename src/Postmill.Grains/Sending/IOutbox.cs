using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>An account's outgoing mail as its owner reads and writes it.</summary>
/// <remarks>Each write is one transaction behind the fence and throws <see cref="Accounts.OwnershipLostException"/> when the claim is stale.</remarks>
public interface IOutbox
{
    /// <summary>Mails whose time has come, single ones first, with what they need to be sent. A read: nothing is claimed by it, the owner is the only sender.</summary>
    /// <param name="except">In the sender's hands already.</param>
    Task<IReadOnlyList<OutgoingMail>> DueAsync(Claim claim, IReadOnlyCollection<Guid> except, int most, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>When the next mail is due that is not in the sender's hands; null: none waits for a time.</summary>
    Task<DateTimeOffset?> NextAtAsync(Claim claim, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken);

    /// <summary>What of the account's limits is used; null: nothing was kept.</summary>
    Task<Pace?> PaceAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>Outcomes of mails that ran, intents of those that are to run: all or nothing. Answers the intents that hold; a mail that was cancelled meanwhile is not among them.</summary>
    Task<IReadOnlySet<Guid>> CommitAsync(Claim claim, OutboxCommit commit, CancellationToken cancellationToken);

    /// <summary>
    /// The server could not be used: every mail that is due and not in the sender's hands counts an attempt and waits for its next one, or fails if it was the last; where a person
    /// must help first, they wait without a time and without counting. Answers whose turn is over.
    /// </summary>
    Task<IReadOnlyList<Guid>> DeferAsync(Claim claim, SendPause pause, IReadOnlyCollection<Guid> except, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The credentials serve again, or are new: what waited for them is due.</summary>
    Task UnparkAsync(Claim claim, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Uncertain mails whose copy the mailbox shows in its Sent folder are sent. With <paramref name="repeatBefore"/>, those that are uncertain since before and are not there are
    /// sent again. Answers how many stay uncertain.
    /// </summary>
    Task<int> ReconcileAsync(Claim claim, DateTimeOffset? repeatBefore, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The mail has a verdict, or waits for a time that is not now.</summary>
    Task<bool> IsSettledAsync(Claim claim, Guid jobId, DateTimeOffset now, CancellationToken cancellationToken);
}
