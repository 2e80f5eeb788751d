using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

public sealed class StreamerGrain(Probe probe, ILocalSiloDetails silo) : Grain, IStreamer
{
    private int _produced;

    public async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken token = default)
    {
        try
        {
            for (var i = 1; i <= to; i++)
            {
                await Task.Yield();
                token.ThrowIfCancellationRequested();
                _produced = i;
                yield return i;
            }
        }
        finally
        {
            probe.Note("producer ended");
        }
    }

    public async IAsyncEnumerable<int> Gated(int to, [EnumeratorCancellation] CancellationToken token = default)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        try
        {
            for (var i = 1; i <= to; i++)
            {
                probe.Note($"before {i}");
                await Task.WhenAny(probe.Gate($"item {i}"), cancelled.Task);
                token.ThrowIfCancellationRequested();
                yield return i;
            }
        }
        finally
        {
            probe.Note("producer ended");
        }
    }

    public async IAsyncEnumerable<int> Failing(int after)
    {
        for (var i = 1; i <= after; i++) yield return i;
        await Task.Yield();
        throw new UnknownWordException("no more");
    }

    public Task<string> Where() => Task.FromResult(silo.Name);

    public Task<int> Produced() => Task.FromResult(_produced);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Hold(string gate)
    {
        probe.Note($"{gate} held");
        await probe.Gate(gate);
    }
}
