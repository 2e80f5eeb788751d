using System.Collections.Immutable;
using Orleans;

namespace Engine.Tests.Grains;

[Alias("test.keeper")]
public interface IKeeper : IGrainWithGuidKey
{
    Task Keep(Note note);

    Task<Note> Kept();

    Task<bool> IsSame(Shared first, Shared second);

    Task KeepBare(Bare bare);

    Task<IReadOnlyList<Note>> Many(IReadOnlyList<Note> notes, Dictionary<string, Note?> named, ImmutableArray<byte> bytes);

    Task<IKeeper> Self();
}
