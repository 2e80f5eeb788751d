using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>Something that happened to a user's mail.</summary>
/// <param name="Seq">Its number in the user's log: rising, and what <see cref="LiveFeed.FollowAsync"/> goes on after.</param>
/// <param name="Type">What happened, as the service calls it.</param>
public abstract record LiveEvent(long Seq, string Type);

/// <summary>A new mail arrived.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="From">Untrusted.</param>
/// <param name="Subject">Untrusted.</param>
/// <param name="ReceivedAt">When the mail server received it.</param>
public sealed record EmailReceived(long Seq, string From, string Subject, DateTimeOffset ReceivedAt) : LiveEvent(Seq, "email_received");

/// <summary>
/// Events that were asked for are not in the log any more, or never were: read again what matters over REST. The feed goes on after <see cref="LiveEvent.Seq"/>.
/// </summary>
/// <param name="Seq">The end of the log.</param>
public sealed record ResyncRequired(long Seq) : LiveEvent(Seq, "resync_required");

/// <summary>What this client has no type for.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Type">What happened.</param>
/// <param name="Json">The whole event.</param>
public sealed record OtherEvent(long Seq, string Type, JsonElement Json) : LiveEvent(Seq, Type);

internal sealed record EmailReceivedFrame(
    [property: JsonPropertyName("from")] string From,
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("receivedAt")] DateTimeOffset ReceivedAt);
