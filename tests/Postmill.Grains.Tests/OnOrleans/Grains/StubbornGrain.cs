using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

/// <summary>Begins only at the second attempt.</summary>
public sealed class StubbornGrain(Probe probe) : Grain, IStubborn
{
    private int _attempt;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note("attempt");
        _attempt = probe.Notes.Count(n => n == "attempt");
        await probe.Gate("begin");
        if (_attempt == 1) throw new UnknownWordException("attempt 1");
    }

    public Task<string> Hello() => Task.FromResult($"hello at attempt {_attempt}");
}
