using Postmill.Domain.Hosts;

namespace Postmill.Grains.Hosts;

/// <summary>What a mail host has taught us; kept by Orleans' storage as JSON. Members are only ever added.</summary>
internal sealed class MailHostState
{
    public DateTimeOffset? PausedUntil { get; set; }

    /// <summary>How long it was left alone last: the next time it is longer.</summary>
    public TimeSpan LastPause { get; set; }

    /// <summary>By capability, when it was broken.</summary>
    public Dictionary<string, List<DateTimeOffset>> Lies { get; set; } = [];

    /// <summary>The host asks to be left alone. Soon after a pause it means that the pause was too short; during one it tells those who had come before they knew of it.</summary>
    public void Ask(TimeSpan wait, DateTimeOffset at)
    {
        if (PausedUntil is { } until && at < until && until >= at + wait) return; // others have said so already
        var isRepeated = PausedUntil is { } last && at >= last && at < last + LastPause + HostLimits.FirstWait;
        var pause = isRepeated ? 2 * LastPause : TimeSpan.Zero;
        if (pause < wait) pause = wait;
        LastPause = pause < HostLimits.LongestWait ? pause : HostLimits.LongestWait;
        PausedUntil = at + LastPause;
    }

    public TimeSpan PauseAt(DateTimeOffset now) => PausedUntil is { } until && until > now ? until - now : TimeSpan.Zero;

    public void Lie(string capability, DateTimeOffset at, DateTimeOffset now)
    {
        var lies = Recent(capability, now);
        if (lies.Contains(at)) return;
        lies.Add(at);
        // More than are counted are not kept.
        Lies[capability] = [.. lies.TakeLast(HostLimits.LiesUntilBroken)];
    }

    /// <returns>An array, which has a short name on the wire.</returns>
    public string[] BrokenAt(DateTimeOffset now) => [.. Lies.Keys.Where(capability => Recent(capability, now).Count >= HostLimits.LiesUntilBroken).Order(StringComparer.Ordinal)];

    private List<DateTimeOffset> Recent(string capability, DateTimeOffset now) => [.. Lies.GetValueOrDefault(capability, []).Where(at => at > now - HostLimits.LiesRemembered)];
}
