using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace Engine.Tests.Grains;

public sealed class StreamerGrain(Probe probe, ILocalSiloDetails silo) : Grain, IStreamer
{
    private readonly Note _note = new() { Text = "mine", Lines = ["one"] };
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
        throw new SpentException("no more");
    }

    public async IAsyncEnumerable<Note> Notes()
    {
        yield return _note;
        await Task.Yield();
        yield return _note;
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
