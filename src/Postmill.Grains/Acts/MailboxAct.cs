using Postmill.Domain.Jobs;

namespace Postmill.Grains.Acts;

/// <summary>What a job that is running does to a mail on its server.</summary>
/// <param name="MessageId">The mail's row; null when there is no word of what the job was to do.</param>
/// <param name="Seen">Null: stays; so does <paramref name="Flagged"/>.</param>
/// <param name="Target">Wire name of the folder it goes to.</param>
public sealed record MailboxAct(Job Job, Guid? MessageId, bool? Seen, bool? Flagged, string? Target);
