using Postmill.Domain.Jobs;

namespace Postmill.Domain.Sending;

/// <summary>A mail whose time has come, as the outbox has it.</summary>
/// <param name="EmailId">The record whose bytes go out.</param>
/// <param name="MessageId">Fixed when the row was made, without angle brackets.</param>
/// <param name="Waiting">The recipients that have no answer yet, in their order.</param>
/// <param name="Size">Octets of the mail.</param>
/// <param name="Content">The octets themselves where they are few; null: to be read when they are sent.</param>
public sealed record OutgoingMail(
    Job Job, SendLane Lane, Guid EmailId, string MessageId, string EnvelopeFrom, bool NeedsUtf8, IReadOnlyList<OutgoingRecipient> Waiting, long Size, ReadOnlyMemory<byte>? Content)
{
    /// <summary>Where the recipients stand that earlier attempts settled, each state once: they too decide what becomes of the mail as a whole.</summary>
    public IReadOnlyList<RecipientState> Settled { get; init; } = [];

    /// <summary>Of those that wait, the ordinals of those that came onto the user's suppression list since the mail was handed in.</summary>
    public IReadOnlyList<int> Suppressed { get; init; } = [];
}
