using System.Collections.Immutable;

namespace Postmill.Domain.Sending;

/// <summary>How much an account may send: every limit holds. Kept in the account's row of the outbox.</summary>
public sealed record Pace(ImmutableArray<PaceWindow> Windows)
{
    /// <summary>Nothing is limited: nothing is counted or kept.</summary>
    public bool IsFree => Windows.IsEmpty;

    /// <summary>What was used, under the limits that hold now; a window of a span that is new begins empty.</summary>
    public static Pace Of(IReadOnlyList<PaceLimit> limits, Pace? kept, DateTimeOffset now) =>
        new([.. limits.Select(limit => kept?.Windows.FirstOrDefault(window => window.Limit.Span == limit.Span) is { } used ? used with { Limit = limit } : PaceWindow.Of(limit, now))]);

    /// <summary>The latest moment that anything was marked at, as near as its slot tells; null without windows.</summary>
    public DateTimeOffset? Newest => IsFree ? null : Windows.Max(window => window.HeadAt);

    public int Free(DateTimeOffset now) => IsFree ? int.MaxValue : Windows.Min(window => window.Free(now));

    public Pace Take(int count, DateTimeOffset now) => new([.. Windows.Select(window => window.Take(count, now))]);

    public Pace Move(DateTimeOffset taken, DateTimeOffset now) => new([.. Windows.Select(window => window.Move(taken, now))]);

    public Pace Later(TimeSpan by, DateTimeOffset now) => new([.. Windows.Select(window => window.Later(by, now))]);

    public DateTimeOffset NextAt(DateTimeOffset now) => IsFree ? now : Windows.Max(window => window.NextAt(now));
}
