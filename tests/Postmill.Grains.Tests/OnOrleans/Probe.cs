using System.Collections.Concurrent;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Where grains meet their test: gates they wait at, and notes of what they did. Shared by a silo, keyed by name.</summary>
public sealed class Probe
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _counts = new();
    private readonly ConcurrentQueue<string> _notes = new();

    public IReadOnlyList<string> Notes => [.. _notes];

    /// <summary>Waits until the test opens the gate.</summary>
    public Task Gate(string name) => GateOf(name).Task;

    public void Open(string name) => GateOf(name).TrySetResult();

    public void Note(string what)
    {
        _notes.Enqueue(what);
        CountOf(what).Release();
    }

    /// <summary>Waits until <paramref name="what"/> has been noted once more.</summary>
    public async Task Noted(string what) =>
        Assert.True(await CountOf(what).WaitAsync(TestSilos.Patience), $"\"{what}\" was never noted; noted were: {string.Join(", ", _notes)}");

    private TaskCompletionSource GateOf(string name) => _gates.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private SemaphoreSlim CountOf(string name) => _counts.GetOrAdd(name, _ => new SemaphoreSlim(0));
}
