using Postmill.Domain.Jobs;

namespace Postmill.Domain.Sending;

/// <summary>What an attempt leaves behind: the job as it is then, and the recipients whose state or answer changed.</summary>
public sealed record Attempt(Job Job, IReadOnlyList<OutgoingRecipient> Changed);
