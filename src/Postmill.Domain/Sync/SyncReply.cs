namespace Postmill.Domain.Sync;

/// <summary>The grain's answer to a POST.</summary>
/// <param name="Found">False: no such connected account.</param>
/// <param name="RunId">The run this POST started; null when it joined one or was throttled.</param>
/// <param name="Previous">The last result, for <c>queued</c> answers.</param>
[GenerateSerializer, Immutable, Alias("sync.reply")]
public sealed record SyncReply(
    [property: Id(0)] bool Found,
    [property: Id(1)] Guid? RunId,
    [property: Id(2)] SyncResult? Previous);
