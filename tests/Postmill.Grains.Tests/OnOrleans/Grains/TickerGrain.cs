using Orleans;
using Orleans.Runtime;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

public sealed class TickerGrain(Probe probe) : Grain, ITicker
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];
    private readonly Guid _activation = Guid.NewGuid();

    public Task Start(string name, TimeSpan due, TimeSpan period)
    {
        _timers[name] = this.RegisterGrainTimer(Tick, name, new GrainTimerCreationOptions(due, period));
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

    public Task<Guid> Activation() => Task.FromResult(_activation);

    private Task Tick(string name)
    {
        probe.Note(name);
        if (name == "fails") throw new InvalidOperationException("A tick fails.");
        probe.Note($"{name} done");
        return Task.CompletedTask;
    }
}
