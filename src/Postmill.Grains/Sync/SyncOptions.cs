using Postmill.Domain.Sync;

namespace Postmill.Grains.Sync;

/// <summary>Limits and cadences of syncing (settings section <c>Postmill:Sync</c>).</summary>
public sealed class SyncOptions
{
    public const string Section = "Postmill:Sync";

    /// <summary>Between two automatic runs of an account. The public page says 5 minutes.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>From the start of a run that a POST caused, other POSTs get the previous result. The public page says 30 seconds.</summary>
    public TimeSpan ThrottleWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>UIDs that are fetched as one piece, the newest piece first; within it several FETCH commands are on their way at once.</summary>
    public int PieceUids { get; set; } = 2_000;

    /// <summary>Mails stored in one transaction, at most.</summary>
    public int BatchMails { get; set; } = 500;

    /// <summary>Octets of raw mail stored in one transaction, about: with the batch being filled beside it, twice this is in memory per account.</summary>
    public int BatchBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Flag changes written in one statement.</summary>
    public int FlagBatch { get; set; } = 2_000;

    /// <summary>An IDLE is renewed after this; RFC 2177 asks for less than 29 minutes, home routers for less than 10.</summary>
    public TimeSpan IdleRenewal { get; set; } = TimeSpan.FromMinutes(9);

    /// <summary>First wait before a lost connection is opened again; doubled each time, with jitter.</summary>
    public TimeSpan ReconnectFirst { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such wait.</summary>
    public TimeSpan ReconnectMost { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A connection that stood this long was good: the next loss begins with the first wait again.</summary>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a silo looks for accounts that are due or have no owner.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Accounts one sweep wakes, at most: a restart with many accounts spreads over several sweeps.</summary>
    public int SweepBatch { get; set; } = 50;

    /// <summary>A swept account is left alone this long by every silo's sweep.</summary>
    public TimeSpan SweepPause { get; set; } = TimeSpan.FromSeconds(15);

    public SyncCadence Cadence => new() { Interval = Interval, ThrottleWindow = ThrottleWindow };

    /// <summary>The first wrong value as a line for the operator, or null.</summary>
    public string? Wrong() =>
        Interval < TimeSpan.FromSeconds(1) ? $"{Section}:Interval must be at least 00:00:01."
        : ThrottleWindow < TimeSpan.Zero ? $"{Section}:ThrottleWindow must not be negative."
        : PieceUids is < 1 or > 10_000 ? $"{Section}:PieceUids must be 1 to 10000."
        : BatchMails is < 1 or > 10_000 ? $"{Section}:BatchMails must be 1 to 10000."
        : BatchBytes is < 65_536 or > 268_435_456 ? $"{Section}:BatchBytes must be 65536 to 268435456."
        : FlagBatch is < 1 or > 50_000 ? $"{Section}:FlagBatch must be 1 to 50000."
        : IdleRenewal < TimeSpan.FromSeconds(1) || IdleRenewal >= TimeSpan.FromMinutes(29) ? $"{Section}:IdleRenewal must be 00:00:01 to under 00:29:00."
        : ReconnectFirst <= TimeSpan.Zero || ReconnectMost < ReconnectFirst ? $"{Section}:ReconnectFirst must be positive and at most {Section}:ReconnectMost."
        : SweepInterval < TimeSpan.FromMilliseconds(100) ? $"{Section}:SweepInterval must be at least 00:00:00.1."
        : SweepBatch is < 1 or > 10_000 ? $"{Section}:SweepBatch must be 1 to 10000."
        : null;
}
