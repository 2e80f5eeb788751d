using Orleans;
using Orleans.Runtime;

namespace Engine.Tests.Grains;

public sealed class TickerGrain(Probe probe) : Grain, ITicker
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];
    private readonly Guid _activation = Guid.NewGuid();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note($"ended {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task Start(string name, TimeSpan due, TimeSpan period, bool interleave, bool keepAlive)
    {
        var options = new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive };
        _timers[name] = this.RegisterGrainTimer(Tick, name, options);
        return Task.CompletedTask;
    }

    public Task Change(string name, TimeSpan due, TimeSpan period)
    {
        _timers[name].Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public async Task Hold(string gate)
    {
        probe.Note($"{gate} held");
        await probe.Gate(gate);
    }

    public async Task HoldThenLeave(string gate)
    {
        await Hold(gate);
        DeactivateOnIdle();
    }

    public Task<Guid> Activation() => Task.FromResult(_activation);

    private async Task Tick(string name, CancellationToken token)
    {
        probe.Note(name);
        if (name == "fails") throw new InvalidOperationException("A tick fails.");
        if (name == "waits") await probe.Gate("tick");
        if (name == "is cancelled")
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = token.Register(cancelled.SetResult);
            await cancelled.Task;
            probe.Note("was cancelled");
        }

        probe.Note($"{name} done");
    }
}
