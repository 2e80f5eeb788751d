namespace Postmill.Domain.Messages;

/// <summary>Which stored mails are news: only those that arrived after the account was connected (CONTRACT §4).</summary>
public static class Arrival
{
    // A server's clock may run behind ours; the baseline UID, not the date, keeps the back-fill silent.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <param name="baselineUid">The folder's UIDNEXT when the account's first sync met it; 0 when it was met later or renumbered.</param>
    public static bool IsNews(uint uid, long baselineUid, DateTimeOffset? receivedAt, DateTimeOffset connectedAt) =>
        uid >= baselineUid && (receivedAt is null || receivedAt >= connectedAt - ClockSkew);
}
