using System.Collections.Immutable;
using Orleans;

namespace Engine.Tests.Grains;

public sealed class KeeperGrain : Grain, IKeeper
{
    private Note _note = new();

    public Task Keep(Note note)
    {
        _note = note;
        return Task.CompletedTask;
    }

    public Task<Note> Kept() => Task.FromResult(_note);

    public Task<bool> IsSame(Shared first, Shared second) => Task.FromResult(ReferenceEquals(first, second));

    public Task KeepBare(Bare bare) => Task.CompletedTask;

    public Task<IReadOnlyList<Note>> Many(IReadOnlyList<Note> notes, Dictionary<string, Note?> named, ImmutableArray<byte> bytes)
    {
        notes[0].Text = $"{named.Count} {bytes.Length}";
        return Task.FromResult(notes);
    }

    public Task<IKeeper> Self() => Task.FromResult<IKeeper>(this);
}
