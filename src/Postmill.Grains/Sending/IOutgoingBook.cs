using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>Outgoing mails as clients hand them in. A mail is a record of the mailbox, a task, a job and its recipients: written together, or not at all.</summary>
public interface IOutgoingBook
{
    /// <summary>Composes and stores a mail that is to be sent; from the commit on it goes out by itself. <paramref name="actor"/> is whom the log names.</summary>
    Task<SendOutcome> AddAsync(Guid userId, Guid accountId, OutgoingDraft draft, string actor, CancellationToken cancellationToken);

    /// <summary>What became of a mail with the draft's idempotency key; null: the key is new, or none was given.</summary>
    Task<SendOutcome?> RepeatAsync(Guid userId, OutgoingDraft draft, CancellationToken cancellationToken);

    /// <summary>The job of a mail as it stands now; null when there is none of this user.</summary>
    Task<Job?> FindAsync(Guid userId, Guid jobId, CancellationToken cancellationToken);

    /// <summary>The recipients of an outgoing mail with what became of each, in their order; null: no such mail of this user.</summary>
    Task<IReadOnlyList<RecipientView>?> RecipientsAsync(Guid userId, Guid jobId, CancellationToken cancellationToken);
}

/// <summary>A recipient as clients see it.</summary>
/// <param name="BounceType"><c>hard</c> or <c>soft</c>; null: nothing came back.</param>
public sealed record RecipientView(
    OutgoingRecipient Recipient, DateTimeOffset? SettledAt, DateTimeOffset? BouncedAt, string? BounceType, string? BounceReason, DateTimeOffset? ComplainedAt);
