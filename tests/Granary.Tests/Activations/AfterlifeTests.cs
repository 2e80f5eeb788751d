
namespace Granary.Tests.Activations;

public sealed class AfterlifeTests
{
    [Fact]
    public async Task A_background_task_that_outlives_its_activation_still_reaches_the_grain()
    {
        await using var silo = Silo.Start();
        var worker = silo.Grains.GetGrain<IWorker>("w");
        silo.Probe.Open("w may end");
        silo.Probe.Open("leaving");
        await worker.StartsBackground("job").WaitAsync(Silo.Patience);
        var old = await worker.Leave("leaving").WaitAsync(Silo.Patience);
        Assert.NotEqual(old, await worker.Activation().WaitAsync(Silo.Patience));
        silo.Probe.Open("job");
        await silo.Probe.Noted("job still on it: True");
        Assert.Equal(2, await worker.Increment().WaitAsync(Silo.Patience));
    }
}
