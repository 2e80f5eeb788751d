using Microsoft.Extensions.Logging;
using Postmill.Domain.Hosts;
using Postmill.Grains.Placement;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Hosts;

/// <summary>Lends out a mail host's limits over the whole cluster. What is lent is in memory and has a term; what the host has taught us is kept.</summary>
[GrainType(MailHostGrains.GrainType), RendezvousPlacement]
internal sealed partial class MailHostGrain(
    [PersistentState("mailhost")] IPersistentState<MailHostState> state, SyncOptions options, IClusterMembershipService membership, TimeProvider time, ILogger<MailHostGrain> logger) : Grain, IMailHostGrain
{
    private readonly HostBudget _budget = new(options.HostLimits);
    private readonly long _since = time.GetTimestamp();

    private int Silos => Math.Max(1, membership.CurrentSnapshot.Members.Values.Count(m => m.Status == SiloStatus.Active));

    public Task<HostShare> Lend(HostDemand demand)
    {
        var now = time.GetUtcNow();
        var age = time.GetElapsedTime(_since);
        // With one silo there is none that another activation could have lent to; what fronts hold of it is over in a moment.
        var silos = Silos;
        var lent = _budget.Lend(demand, silos, age, isNew: silos > 1 && age < HostLimits.Term);
        return Task.FromResult(new HostShare(lent, HostLimits.Term, state.State.PauseAt(now), state.State.BrokenAt(now)));
    }

    public async Task AskedToWait(TimeSpan wait, DateTimeOffset at)
    {
        var before = state.State.PausedUntil;
        state.State.Ask(wait, at);
        if (state.State.PausedUntil != before) LogPaused(this.GetPrimaryKeyString(), state.State.LastPause.TotalSeconds);
        // Also when it is told again: it may be so because the first time could not be written.
        await state.WriteStateAsync(CancellationToken.None);
    }

    public async Task Lied(string capability, DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        var known = state.State.BrokenAt(now).Contains(capability);
        state.State.Lie(capability, at, now);
        if (!known && state.State.BrokenAt(now).Contains(capability)) LogBroken(this.GetPrimaryKeyString(), capability, HostLimits.LiesRemembered.TotalDays);
        await state.WriteStateAsync(CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Warning, "{Host} turns away whoever comes: it is left alone for {Seconds} s")]
    private partial void LogPaused(string host, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Host} announces {Capability} and breaks it: it is not used there for {Days} days")]
    private partial void LogBroken(string host, string capability, double days);
}
