using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Postmill.Domain.Hosts;
using Postmill.Domain.Sync;

namespace Postmill.Grains.Sync;

/// <summary>Limits and cadences of syncing; settings section <c>Postmill:Sync</c>.</summary>
public sealed class SyncOptions
{
    [Description("Seconds between the starts of two automatic runs of an account. The public page says 300.")]
    [Range(1.0, 86_400)]
    public double IntervalSeconds { get; init; } = 300;

    [Description("Seconds from the start of a run that a POST caused during which other POSTs get the previous result. The public page says 30.")]
    [Range(0.0, 3_600)]
    public double ThrottleSeconds { get; init; } = 30;

    [Description("UIDs fetched as one piece, the newest piece first; within it several FETCH commands are on their way at once.")]
    [Range(1, 100_000)]
    public int PieceUids { get; init; } = 2_000;

    [Description("Most mails stored in one transaction.")]
    [Range(1, 10_000)]
    public int BatchMails { get; init; } = 500;

    [Description("About the most bytes of mail stored in one transaction; three times this is in memory per syncing account.")]
    [Range(65_536, 268_435_456)]
    public int BatchBytes { get; init; } = 4 * 1024 * 1024;

    [Description("Flag changes written in one statement.")]
    [Range(1, 50_000)]
    public int FlagBatch { get; init; } = 2_000;

    [Description("Seconds after which an IDLE is renewed; RFC 2177 asks for less than 29 minutes, home routers for less than 10.")]
    [Range(1.0, 1_700)]
    public double IdleRenewalSeconds { get; init; } = 540;

    [Description("Seconds before a lost connection is opened again for the first time; doubled with each further loss, with jitter.")]
    [Range(0.05, 600)]
    public double ReconnectFirstSeconds { get; init; } = 1;

    [Description("The longest such wait in seconds.")]
    [Range(0.05, 3_600)]
    public double ReconnectMostSeconds { get; init; } = 300;

    [Description("A connection that stood this many seconds was good: the next loss begins with the first wait again.")]
    [Range(0.05, 3_600)]
    public double StableAfterSeconds { get; init; } = 120;

    [Description("Seconds between two looks for accounts that are late or have no owner.")]
    [Range(0.1, 60)]
    public double SweepSeconds { get; init; } = 2;

    [Description("Most accounts one look takes; a full look is followed by the next at once.")]
    [Range(1, 10_000)]
    public int SweepBatch { get; init; } = 500;

    [Description("Wakes that one silo's sweep has under way at once: what bounds the pace at which a lost silo's accounts are owned again, and its load on the database.")]
    [Range(1, 1_000)]
    public int SweepWakes { get; init; } = 64;

    [Description("Seconds after which a wake without an answer no longer counts as under way: calls to a silo out of reach must not hold up the others.")]
    [Range(0.1, 60)]
    public double SweepWakeSeconds { get; init; } = 5;

    [Description("Seconds an account may be late before a sweep wakes it: until then its owner's timer does, and what the timers lag under load must not double as sweeps.")]
    [Range(0.0, 600)]
    public double SweepSlackSeconds { get; init; } = 3;

    [Description("Seconds for which every silo's sweep leaves an account alone that one of them took; after it, one whose wake failed is tried again.")]
    [Range(0.1, 600)]
    public double SweepPauseSeconds { get; init; } = 6;

    [Description("Mail connections that this silo opens a second, all hosts together. A login costs a TLS handshake here, about a millisecond of processor time.")]
    [Range(0.1, 100_000)]
    public double OpeningsPerSecond { get; init; } = 200;

    [Description("Logins of this silo in progress at once; room for several hosts that accept and say nothing.")]
    [Range(1, 10_000)]
    public int OpeningsAtOnce { get; init; } = 400;

    [Description("Mail connections that all silos and fronts together open a second to one host: providers count logins per address and shut out who comes in a storm.")]
    [Range(0.01, 100_000)]
    public double HostOpeningsPerSecond { get; init; } = 20;

    [Description("Logins of all silos and fronts together in progress at once at one host.")]
    [Range(1, 10_000)]
    public int HostOpeningsAtOnce { get; init; } = 10;

    [Description("Runs of all silos together in progress at once at one host, first runs apart; 256 make about 850 a second at a server far away.")]
    [Range(1, 100_000)]
    public int HostRunsAtOnce { get; init; } = 256;

    [Description("The longest time in seconds that a host which turns everybody away is left alone; only what a person waits for is tried meanwhile.")]
    [Range(1.0, 900)]
    public double HostPauseMostSeconds { get; init; } = 900;

    [Description("Runs in progress at once on this silo, first runs apart. A run without news takes about 0.3 s at a server far away, so 128 make 400 a second.")]
    [Range(1, 10_000)]
    public int RunsAtOnce { get; init; } = 128;

    [Description("First runs in progress at once on this silo: each fills a mailbox and has up to three batches of BatchBytes in memory.")]
    [Range(1, 10_000)]
    public int FirstRunsAtOnce { get; init; } = 32;

    internal HostLimits HostLimits => new(new HostAmount(HostOpeningsAtOnce, HostOpeningsPerSecond, HostRunsAtOnce));

    internal TimeSpan LongestHostWait => TimeSpan.FromSeconds(HostPauseMostSeconds);

    public SyncCadence Cadence => new()
    {
        Interval = TimeSpan.FromSeconds(IntervalSeconds),
        ThrottleWindow = TimeSpan.FromSeconds(ThrottleSeconds),
    };
}
