using Orleans;

namespace Engine.Tests.Grains;

[CollectionAgeLimit("00:02:00")]
public sealed class BriefGrain(Probe probe) : Grain, IBrief
{
    private readonly Guid _activation = Guid.NewGuid();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note("brief ended");
        return Task.CompletedTask;
    }

    public Task<Guid> Activation() => Task.FromResult(_activation);

    public Task<Guid> Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Activation();
    }
}
